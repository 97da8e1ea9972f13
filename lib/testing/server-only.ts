// Stands for the package `server-only` under test.
export {};
