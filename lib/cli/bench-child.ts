// One measurement of bench.ts in a process of its own, so that its peak memory is that of one comparison: introspect, diff, script, text.
import { introspect } from '#lib/pg/introspect.ts';
import { diff } from '#lib/pipeline/diff.ts';
import { makeScript, scriptText } from '#lib/pipeline/script/script.ts';
import { withClient } from './bench-schema.ts';
import type { Measured } from './bench.ts';

const [current = '', desired = ''] = process.argv.slice(2);

let began = performance.now();
const lap = (): number => {
  const seconds = (performance.now() - began) / 1000;
  began = performance.now();
  return seconds;
};

const [a, b] = await Promise.all([current, desired].map((url) => withClient(url, (client) => introspect(client))));
if (!a || !b) throw new Error('two databases are compared');
const readTime = lap();
const deltas = diff(a, b, { satellites: true });
const diffTime = lap();
const script = makeScript(a, b, deltas);
const scriptTime = lap();
scriptText(script);
const measured: Measured = {
  introspect: readTime, diff: diffTime, script: scriptTime, text: lap(), memory: process.resourceUsage().maxRSS / 1024,
  objects: a.objects.length, differences: deltas.length, statements: script.steps.reduce((total, step) => total + step.statements.length, 0), refused: script.refusals.length,
};
process.stdout.write(JSON.stringify(measured));
