import { expect, test } from 'vitest';
import { isPrivateAddress, post } from './post.ts';

test('addresses of this machine, of private networks and of clouds’ credentials are private, also inside IPv6; others are not', () => {
  for (const address of ['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '255.255.255.255', '224.0.0.1', '::1', '::', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::7f00:1', 'fe80::1', 'fd00:ec2::254', 'ff02::1', '64:ff9b::7f00:1', '2002:7f00:1::']) expect(isPrivateAddress(address), address).toBe(true);
  for (const address of ['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:1.1.1.1']) expect(isPrivateAddress(address), address).toBe(false);
});

test('a private target is refused before anything is sent, however it is written', async () => {
  for (const url of ['http://1.1.1.1/', 'https://127.0.0.1/', 'https://[::1]/', 'https://2130706433/', 'https://0x7f.1/', 'https://[::ffff:127.0.0.1]/', 'https://localhost/']) {
    expect(await post({ url, body: '{}', headers: {}, privateTargets: false }), url).toMatchObject({ ok: false, final: true, status: null, answer: expect.stringMatching(/^Refused: /) });
  }
});
