/** Whether a process of this number runs, whoever's it is. Numbers are given again: what it runs must be asked besides. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
