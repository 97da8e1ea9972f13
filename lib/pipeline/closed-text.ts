/** A string as the server prints it, as the source of an expression. */
export const STRING = String.raw`(?:E'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*')`;
/** Nothing inside these is an expression: strings, quoted names, bodies between dollars. */
export const CLOSED = String.raw`${STRING}|"(?:[^"]|"")*"|(?<![\w$\u0080-\uffff])(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)[\s\S]*?\k<dollar>`;
