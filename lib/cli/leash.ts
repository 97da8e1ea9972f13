// Loaded into child processes (node --import): when the parent dies, even by SIGKILL, the channel closes and the child ends itself.
// Processes that the child starts inherit this file on their command line; the parent's number keeps them out, because a
// worker whose channel does not count as work would end in the middle of it.
if (process.channel && process.env.COUNTERSIGN_LEASH === String(process.ppid)) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // The channel alone keeps nobody alive.
  process.channel.unref();
}

export const LEASH = './lib/cli/leash.ts';
