// Stands for the package `server-only` under test: nothing to do.
export const onServer = true;
