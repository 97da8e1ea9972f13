// One measurement of bench.ts in a process of its own, so that its peak memory is that of one comparison: introspect, diff, script, text. Then the same
// again, as a web server does it that compared before: the first time a good part goes into making the code quick.
import { introspect } from '#lib/pg/introspect.ts';
import { diff } from '#lib/pipeline/diff.ts';
import { makeScript, scriptText } from '#lib/pipeline/script/script.ts';
import { withClient } from './bench-schema.ts';
import { type Measured, middleOf, sumOf, type Times } from './bench-times.ts';

const [current = '', desired = ''] = process.argv.slice(2);

const first = await compared();
const memory = process.resourceUsage().maxRSS / 1024;
const again: Times[] = [];
for (let round = 0; round < 3; round += 1) again.push((await compared()).times);
const measured: Measured = { ...first, memory, again: middleOf(again, sumOf) };
process.stdout.write(JSON.stringify(measured));

async function compared(): Promise<Omit<Measured, 'memory' | 'again'>> {
  let began = performance.now();
  const lap = (): number => {
    const seconds = (performance.now() - began) / 1000;
    began = performance.now();
    return seconds;
  };
  const [a, b] = await Promise.all([current, desired].map((url) => withClient(url, (client) => introspect(client))));
  if (!a || !b) throw new Error('two databases are compared');
  const read = lap();
  const deltas = diff(a, b, { satellites: true });
  const compare = lap();
  const script = makeScript(a, b, deltas);
  const write = lap();
  scriptText(script);
  return {
    times: { introspect: read, diff: compare, script: write, text: lap() },
    objects: a.objects.length, differences: deltas.length, statements: script.steps.reduce((total, step) => total + step.statements.length, 0), refused: script.refusals.length,
  };
}
