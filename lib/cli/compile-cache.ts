import { join } from 'node:path';

/**
 * Environment for processes of ours: Node keeps what it compiled of our few hundred modules, and a process that finds it starts in half the time. In the
 * folder of the installation: in the system's folder for temporary files another account could lay down what would run here.
 */
export const COMPILE_CACHE = { NODE_COMPILE_CACHE: join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'countersign-modules') };
