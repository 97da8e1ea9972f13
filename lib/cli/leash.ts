// Loaded into child processes (node --import): when the parent dies, even by SIGKILL, the channel closes and the child ends itself.
if (process.channel) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // The channel alone keeps nobody alive.
  process.channel.unref();
}
