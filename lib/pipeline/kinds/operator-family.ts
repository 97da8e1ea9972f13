import { ident } from '../ddl.ts';
import { definedKind } from './defined.ts';
import { listOf } from './relation.ts';

export const operatorFamilyKind = definedKind({
  kind: 'operator_family',
  query: 'introspect/operator_family_list',
  label: { one: 'operator family', many: 'operator families' },
  catalog: 'pg_opfamily',
  stage: 'operator',
  attributes: [{ name: 'members', label: 'members of its own', usual: [], remedy: 'altered' }],
  nameIsSql: true,
  create: (object) => {
    const address = `OPERATOR FAMILY ${ident(object.schema)}.${object.name}`;
    const members = listOf(object, 'members');
    return [`CREATE ${address}`, ...(members.length > 0 ? [`ALTER ${address} ADD ${members.join(', ')}`] : [])];
  },
  alter: ({ current, desired }) => {
    const alter = `ALTER OPERATOR FAMILY ${ident(desired.schema)}.${desired.name}`;
    const [before, after] = [listOf(current, 'members'), listOf(desired, 'members')];
    const [gone, come] = [before.filter((member) => !after.includes(member)), after.filter((member) => !before.includes(member))];
    return [...(gone.length > 0 ? [`${alter} DROP ${gone.map(slotOf).join(', ')}`] : []), ...(come.length > 0 ? [`${alter} ADD ${come.join(', ')}`] : [])];
  },
});

/** `OPERATOR 1 (a, b)` of `OPERATOR 1 schema.<(a,b)`, `FUNCTION 1 (a, b)` of `FUNCTION 1 (a, b) schema.f(a,b)`: how a member is dropped. */
function slotOf(member: string): string {
  const pattern = member.startsWith('OPERATOR') ? /^(OPERATOR \d+) [^(]*(\([^()]*\))/ : /^(FUNCTION \d+) (\([^()]*\))/;
  const found = pattern.exec(member);
  if (!found) throw new Error(`operator family: ${JSON.stringify(member)} is no member`);
  return `${found[1]} ${found[2]}`;
}
