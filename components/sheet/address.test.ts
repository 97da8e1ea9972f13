import { expect, test } from 'vitest';
import { sheetIn, withSheet } from './address.ts';

test('an address opens the sheet that it was made for, whatever its name is made of', () => {
  for (const name of ['approve phase-2', 'say %20 #1', 'öffnen/zu']) {
    const href = withSheet('http://localhost/plans/1?phase=a#said-3', name);
    expect(sheetIn(new URL(href).hash)).toBe(name);
    expect(new URL(href).search).toBe('?phase=a');
  }
});

test('no other place on the page opens a sheet, nor does a broken address', () => {
  for (const hash of ['', '#', '#said-3', '#sheet', '#sheet=', '#sheet=%E0%A4%A']) expect(sheetIn(hash)).toBeNull();
});

test('without a sheet it is the address of the page', () => {
  expect(withSheet('http://localhost/runs/1?open=log#sheet=cancel', null)).toBe('http://localhost/runs/1?open=log');
});
