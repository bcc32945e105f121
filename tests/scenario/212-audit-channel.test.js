// DDC_AUDIT_CHANNEL: whoever looks there sees who did what, in silence; the files have all of it whatever happens there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { scenario } from '../lib/stage.js';
import { words } from '../lib/discord.js';
import { openControlPanel, panels, sent } from '../lib/people.js';
import { ADA, APP, CONTROL, GAMES, MAXI } from '../lib/world.js';
import { until } from '../lib/wait.js';

const AUDIT = GAMES;
const records = (folder) => readFileSync(`${folder.logs}/audit.jsonl`, 'utf8').trim().split('\n').map((l) => JSON.parse(l));

scenario('acts and refusals are told together, without a ping and without a sound', { containers: ['web', { name: 'odd', display_name: 'a @everyone' }], env: { DDC_AUDIT_CHANNEL: AUDIT } }, async (stage) => {
	const { discord, folder } = stage;
	const { overview, admin } = await panels(stage);
	const panel = await openControlPanel(stage, MAXI, admin, 'web');
	await discord.press(MAXI, panel, /ddc1:restart:web/);
	await discord.press(ADA, overview, /ddc1:pick/);
	const told = await discord.panel(AUDIT, /restart/);
	await until('the end is told as well', async () => /done/.test((await discord.messages(AUDIT)).map(words).join()));
	const text = (await discord.messages(AUDIT)).map(words).join('\n');
	assert.match(text, new RegExp(`✅ <t:\\d+:T> \\*\\*Maxi\\*\\* \\(<@${MAXI}>\\): .restart. \\*\\*web\\*\\* · done \\(\\d+\\.\\d s\\) · <#${CONTROL}>`));
	assert.match(text, /🔒 .*\*\*Ada\*\*/);
	assert.equal(told.flags & 4096, 4096, 'without a sound');
	assert.ok(records(folder).some((r) => r.action === 'restart' && r.result === 'done'));
	const posts = (await sent(stage, 0, { method: 'POST' })).filter((e) => e.path === `/channels/${AUDIT}/messages`);
	assert.ok(posts.length <= 2, `${posts.length} messages for three records`);
	assert.deepEqual(posts[0].body.allowed_mentions, { parse: [] });
});

scenario('a channel that refuses is told once in the log and in /doctor; the files go on', { containers: ['web'], env: { DDC_AUDIT_CHANNEL: AUDIT } }, async (stage) => {
	const { discord, ddc, folder } = stage;
	const { admin } = await panels(stage);
	await discord.control(`PUT /channels/${AUDIT}/permissions`, { id: APP, allow: [], deny: ['SEND_MESSAGES'] });
	const panel = await openControlPanel(stage, MAXI, admin, 'web');
	await discord.press(MAXI, panel, /ddc1:restart:web/);
	await ddc.waitLog(/audit channel \d+ cannot be written to: .*grant ddc/);
	assert.match(words((await discord.run(MAXI, CONTROL, 'doctor')).message), new RegExp(`❌ Audit channel <#${AUDIT}> cannot be written: grant ddc`));
	await until('the file has it', async () => records(folder).some((r) => r.action === 'restart' && r.result === 'done'));
	assert.equal(ddc.lines.filter((l) => /audit channel/.test(l.text ?? l)).length, 1);
});
