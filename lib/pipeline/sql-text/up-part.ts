/** Comments by which migration tools keep the way back in the same file. */
const DOWN = /^[ \t]*--[ \t]*(?:\+goose[ \t]+down|\+migrate[ \t]+down|migrate:down|@?down(?:[ \t]+migration)?[ \t]*$)/im;
const UP = /^[ \t]*--[ \t]*(?:\+goose[ \t]+up|\+migrate[ \t]+up|migrate:up|@?up(?:[ \t]+migration)?[ \t]*$)/im;

/**
 * The text with its down parts blanked out: what stands from `-- migrate:down` (dbmate), `-- +goose Down`, `-- +migrate Down` or
 * `-- Down Migration` to the next up mark or the end. Line breaks stay, so that places in the text remain true.
 */
export function upPart(text: string): string {
  const kept: string[] = [];
  let rest = text;
  for (;;) {
    const down = DOWN.exec(rest);
    if (!down) return [...kept, rest].join('');
    const tail = rest.slice(down.index);
    const up = UP.exec(tail);
    const end = up ? up.index : tail.length;
    kept.push(rest.slice(0, down.index), tail.slice(0, end).replaceAll(/[^\n]/g, ' '));
    rest = tail.slice(end);
  }
}
