import type { SketchKind } from './kind.ts';
import { ACCESS_KINDS } from './kinds-access.ts';
import { KEY_KINDS } from './kinds-keys.ts';
import { ROUTINE_KINDS } from './kinds-routines.ts';
import { TABLE_KINDS } from './kinds-tables.ts';
import { TYPE_KINDS } from './kinds-types.ts';
import { VIEW_KINDS } from './kinds-views.ts';

export const SKETCH_KINDS: ReadonlyMap<string, SketchKind> = new Map([...TYPE_KINDS, ...TABLE_KINDS, ...KEY_KINDS, ...VIEW_KINDS, ...ROUTINE_KINDS, ...ACCESS_KINDS].map((kind) => [kind.kind, kind]));
