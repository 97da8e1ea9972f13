import 'server-only';
import { z } from 'zod';
import { verifyChain as verify, type ChainReport } from '#lib/store/audit.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';

const nothing = z.object({});

export const verifyChainSpec: CommandSpec<z.infer<typeof nothing>, ChainReport> = {
  action: 'verify log',
  roles: ['viewer', 'author', 'approver', 'operator', 'admin'],
  schema: nothing,
  prepare: ({ db }) => verify(db),
  run: async (_trx, _context, _input, report) => {
    const whole = report.brokenAt === null;
    const sentence = whole
      ? `The log is whole: ${report.checked} entries checked, head ${report.head}.`
      : `The log is broken at entry ${report.brokenAt}: the ${report.checked} entries before it are whole, and what follows was changed or removed.`;
    return { sentence, detail: report };
  },
};

export const verifyChain = command(verifyChainSpec);
