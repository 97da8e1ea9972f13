import { expect, test } from 'vitest';
import { NOTICE_EVENTS, noticeMessage, webhookBody, type NoticeFacts } from './notice.ts';

const FACTS: NoticeFacts = {
  id: 'n', event: 'approval_given', at: '2026-11-21T10:00:00.000Z', plan: { id: 'p', name: 'Sprint <90>', target: 'prod' }, phase: { id: 'convert', number: 2, title: 'Convert & swap' }, run: null, database: 'prod', person: 'Ada', to: null, versions: null, comment: null, reason: 'Read *all* of [it](http://x).', url: 'https://c.test/plans/p',
};

test('every event has a sentence that names what it is about', () => {
  for (const event of NOTICE_EVENTS) {
    const { title, sentence } = noticeMessage({ ...FACTS, event, run: { id: 'r', kind: 'rollback', state: 'applied' } });
    expect(`${title} ${sentence}`, event).toMatch(/Sprint|prod/);
    expect(sentence, event).not.toMatch(/undefined|null| {2}/);
  }
  expect(noticeMessage({ ...FACTS, event: 'approval_wanted', person: 'Ada and Bob', versions: { from: 3, to: 7 }, reason: 'The last word.' }).sentence).toBe('Ada and Bob saved versions 3 to 7 of “Sprint <90>”, which changes prod. It waits for approval. The last word.');
  expect(noticeMessage({ ...FACTS, event: 'mentioned', to: 'Eve', reason: 'Look at this.' }).sentence).toBe('Ada means Eve in a comment on phase 2, “Convert & swap”, of “Sprint <90>”: Look at this.');
  expect(noticeMessage(FACTS).sentence).toBe('Ada approved phase 2, “Convert & swap”, of “Sprint <90>”. Read *all* of [it](http://x).');
  expect(noticeMessage({ ...FACTS, event: 'rollback', run: { id: 'r', kind: 'rollback', state: 'running' } }).sentence).toMatch(/^Ada is rolling back phase 2/);
  expect(noticeMessage({ ...FACTS, event: 'drift', plan: null, phase: null, reason: '2 differences, among them: + table x' }).title).toBe('A database changed outside every plan: prod');
});

test('Slack gets what people wrote as text: no link, no mention, no markup of its own', () => {
  const body = JSON.parse(webhookBody('slack', noticeMessage({ ...FACTS, reason: '<!channel> & <https://evil.test|here>' }))) as { text: string; blocks: { text: { text: string } }[] };
  expect(body.text).toContain('&lt;!channel&gt; &amp; &lt;https://evil.test|here&gt;');
  expect(body.blocks[0]?.text.text.match(/<[^>]*>/g)).toEqual(['<https://c.test/plans/p|Open in Countersign>']);
});

test('Teams gets an Adaptive Card with one button, and Markdown of people stays text', () => {
  const body = JSON.parse(webhookBody('teams', noticeMessage(FACTS))) as { attachments: { contentType: string; content: { body: { text: string }[]; actions: unknown[] } }[] };
  expect(body.attachments[0]).toMatchObject({ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard', actions: [{ type: 'Action.OpenUrl', url: 'https://c.test/plans/p' }] } });
  expect(body.attachments[0]?.content.body[1]?.text).toContain('\\*all\\* of \\[it\\]\\(http://x\\)');
});

test('JSON carries the facts and the words', () => {
  expect(JSON.parse(webhookBody('json', noticeMessage(FACTS)))).toMatchObject({ ...FACTS, title: 'A phase was approved: Sprint <90> (prod)' });
});
