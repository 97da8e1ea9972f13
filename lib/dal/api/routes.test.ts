import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ENDPOINTS } from './all.ts';
import { openApi } from './openapi.ts';

const FOLDER = new URL('../../../app/api/v1/', import.meta.url).pathname;
const document = openApi('https://countersign.example.test') as { openapi: string; servers: { url: string }[]; paths: Record<string, Record<string, unknown>>; components: { schemas: Record<string, unknown> } };

/** `GET /plans/{planId} readPlanEndpoint`, as the files of the folder say it. */
function routesOfFolder(): string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('route.ts')).flatMap((file) => {
    const path = `/${file.slice(0, -'/route.ts'.length)}`.replaceAll(/\[(\w+)\]/g, '{$1}');
    return [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/export const (GET|POST|PUT|PATCH|DELETE) = answering\((\w+)\);/g)].map(([, method, endpoint]) => `${method} ${path} ${endpoint}`);
  });
}

test('every route of the folder is in the document under its own path and method, and nothing else is', () => {
  expect(routesOfFolder().sort()).toEqual(ENDPOINTS.map((one) => `${one.method} ${one.path} ${one.name}Endpoint`).sort());
  expect(Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)).sort()).toEqual(ENDPOINTS.map((one) => `${one.method} ${one.path}`).sort());
});

test('every file of the folder answers by the gate of tokens, but the document itself and the answer that nothing is there', () => {
  const others = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !readFileSync(join(FOLDER, file), 'utf8').includes('= answering('));
  expect(others.sort()).toEqual(['[...nothing]/route.ts', 'openapi.json/route.ts']);
});

test('the document is OpenAPI 3.1 whose references all lead somewhere, and each is used', () => {
  expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: 'https://countersign.example.test/api/v1' }] });
  const references = new Set([...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]));
  expect([...references].sort()).toEqual(Object.keys(document.components.schemas).map((id) => `#/components/schemas/${id}`).sort());
  expect(JSON.stringify(document)).not.toMatch(/"\$schema"|"\$id"/);
});

test('the document says of a plan what the shape of the answers says: names, states, and that nothing else comes', () => {
  expect(document.components.schemas['Plan']).toMatchObject({ type: 'object', additionalProperties: false, properties: { state: { enum: ['open', 'approved', 'running', 'halted', 'applied', 'finished'] }, phases: { items: { $ref: '#/components/schemas/Phase' } } } });
  expect(document.paths['/plans/{planId}/wait']?.['get']).toMatchObject({ parameters: [{ name: 'planId', in: 'path', required: true }, { name: 'for', in: 'query', required: false }, { name: 'timeout', required: false }] });
  expect(document.components.schemas['NewPlan']).toMatchObject({ required: ['current', 'desired', 'deltaIds', 'name'] });
});
