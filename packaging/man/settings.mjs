// Prints the man page faceedge.json(5). Its list of settings is the README's table, so that there is one list.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const readme = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../../README.md'), 'utf8');
const table = /^\| setting \| default \| meaning \|\n\|[-|]+\n((?:\|.*\n)+)/m.exec(readme)?.[1].trimEnd().split('\n') ?? [];
const rows = table.map(line => /^\| `([A-Za-z:]+)`( †)? \| (.+?) \| (.+?) \|$/.exec(line));
if (rows.length === 0 || rows.includes(null)) {
  console.error(`man: the README's table of settings is not as expected: ${table[rows.indexOf(null)] ?? 'it is missing'}`);
  process.exit(1);
}
// Markdown's code marks become bold; a line of text must not begin with a request's dot; minus signs are minus signs.
const roff = text => text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/`([^`]*)`/g, '\\fB$1\\fR').replace(/^[.']/, '\\&$&');

console.log(`.TH FACEEDGE.JSON 5 "" "FaceEdge" "File Formats"
.SH NAME
faceedge.json \\- settings of the face recognition daemon
.SH DESCRIPTION
.I /etc/faceedge/faceedge.json
holds settings of
.BR faceedge (8)
as one JSON object; // comments and trailing commas are allowed. The setting written
.B Section:Key
below stands as a key in the object
.BR Section :
.PP
.EX
{ "Storage": { "KeepImages": "none" } }
.EE
.PP
The environment
.RB ( FACEEDGE__Storage__KeepImages=none )
wins over the file, the command line
.RB ( \\-\\-Storage:KeepImages " none)"
over both. A wrong value or an unknown setting stops the start with one line that names it (exit status 78).
.B systemctl reload faceedge
reads the file again.
.SH SETTINGS`);
for (const [, name, restart, value, meaning] of rows) {
  console.log(`.TP\n.B ${roff(name)}\n${roff(meaning)}. Default: ${roff(value)}.${restart ? ' Needs a restart.' : ''}`);
}
console.log(`.SH SEE ALSO
.BR faceedge (8)`);
