import { expect, test } from 'vitest';
import { commentParts, handleOf, mentionedIn } from './mention.ts';

const ann = { id: 'a', name: 'Ann Lee', email: 'ann@demo.test' };
const annLee = { id: 'l', name: 'Ann-Marie', email: 'ann.lee@demo.test' };
const bob = { id: 'b', name: 'Bob', email: 'bob@demo.test' };
const otherBob = { id: 'o', name: 'Robert', email: 'bob@elsewhere.test' };
const PEOPLE = [ann, annLee, bob];

test('an @ with a local part, a whole address or a name means that person, however it is written', () => {
  expect(mentionedIn('@Bob, look. @ann.lee too, and (@ANN)!', PEOPLE)).toEqual({ ids: ['b', 'l', 'a'], unknown: [] });
  expect(mentionedIn('@Ann Lee and @bob@demo.test.', PEOPLE)).toEqual({ ids: ['a', 'b'], unknown: [] });
  expect(mentionedIn('@bob @bob', PEOPLE).ids).toEqual(['b']);
});

test('addresses, code and longer words mean nobody, and an unknown name is said', () => {
  expect(mentionedIn('write to bob@demo.test, or `@bob`', PEOPLE)).toEqual({ ids: [], unknown: [] });
  expect(mentionedIn('@bobby and @ann.leeds.', PEOPLE)).toEqual({ ids: [], unknown: ['bobby', 'ann.leeds'] });
});

test('where two people have one local part, only the whole address means one of them, and that is what is offered', () => {
  const people = [...PEOPLE, otherBob];
  expect(handleOf(bob, PEOPLE)).toBe('bob');
  expect(handleOf(otherBob, people)).toBe('bob@elsewhere.test');
  // "Bob" is the name of one of them and the local part of both.
  expect(mentionedIn('@bob', people)).toEqual({ ids: [], unknown: ['bob'] });
  expect(mentionedIn('@bob@elsewhere.test', people).ids).toEqual(['o']);
});

test('the parts of a comment are its text, its code and the names of people, and nothing of it becomes markup', () => {
  expect(commentParts('Is `a < b` right, @bob? <b>', PEOPLE)).toEqual([
    { is: 'text', text: 'Is ' }, { is: 'code', text: 'a < b' }, { is: 'text', text: ' right, ' }, { is: 'mention', text: 'Bob', personId: 'b' }, { is: 'text', text: '? <b>' },
  ]);
  expect(commentParts('one ` alone\nover two` lines', PEOPLE)).toEqual([{ is: 'text', text: 'one ` alone\nover two` lines' }]);
});
