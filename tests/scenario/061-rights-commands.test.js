// Rights given and taken in Discord: commands and dialogs, what they save, and that it counts at once.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenario } from '../lib/stage.js';
import { findComponent, hasComponent, words } from '../lib/discord.js';
import { assertRefused, openPicker, panels } from '../lib/people.js';
import { ADA, CONTROL, GAMES, GRACE, GUILD, JOERG, MAXI, STATUS } from '../lib/world.js';

const ADMIN_ROLE = '1180000000000000151', MODERATOR = '1180000000000000152', BOT = '1180000000000000001';
const CONTAINERS = ['web', 'mc-1', 'mc-2'];

const path = (stage, name) => join(stage.folder.config, name);
const text = (stage, name) => readFileSync(path(stage, name), 'utf8');
const file = (stage, name) => JSON.parse(text(stage, name));
const audit = (stage) => readFileSync(join(stage.folder.logs, 'audit.jsonl'), 'utf8').trim().split('\n').map((l) => JSON.parse(l));
const last = (stage) => audit(stage).at(-1);
const giveRole = (stage, user, roles) => stage.discord.control(`PUT /guilds/${GUILD}/members/${user}`, { roles });

function assertSaid(answer, pattern) {
	assert.ok(answer.message, `no message but ${answer.outcome}`);
	assert.ok(answer.message.flags & 64, 'private');
	assert.match(words(answer.message), pattern);
	return answer.message;
}

scenario('/addadmin by person and by role: saved as the original reads it, in force at once, recorded', {
	containers: CONTAINERS, files: { 'admins.json': `{\n  "later": 1.50,\n  "discord_admin_users": ["${MAXI}", "${JOERG}"],\n  "admin_notes": {"${JOERG}": "Jörg's  note"}\n}\n` },
}, async (stage) => {
	const { discord } = stage;
	const { overview } = await panels(stage);
	assertRefused(await discord.press(ADA, overview, /ddc1:pick/), /\/addadmin/);
	assertSaid(await discord.run(MAXI, STATUS, 'addadmin', { user: ADA }), new RegExp(`<@${ADA}> is an admin now\\. 3 persons`));
	await openPicker(stage, ADA, overview); // no wait: it counts when it is said
	assert.equal(text(stage, 'admins.json'), `{\n  "later": 1.50,\n  "discord_admin_users": [\n    "${MAXI}",\n    "${JOERG}",\n    "${ADA}"\n  ],\n  "admin_notes": {"${JOERG}": "Jörg's  note","${ADA}": "Ada, added by Maxi"}\n}\n`);
	assert.deepEqual([last(stage).action, last(stage).target, last(stage).result], ['add admin', `user ${ADA} (Ada)`, 'done']);
	assertSaid(await discord.run(MAXI, STATUS, 'addadmin', { user: ADA }), /is an admin already/);
	assert.equal(last(stage).result, 'refused');

	await giveRole(stage, GRACE, [MODERATOR]);
	assertRefused(await discord.press(GRACE, overview, /ddc1:pick/), /admin/i);
	assertSaid(await discord.run(ADA, STATUS, 'addadmin', { role: MODERATOR }, { force: true }), new RegExp(`role <@&${MODERATOR}> is an admin now`));
	await openPicker(stage, GRACE, overview);
	assert.deepEqual(file(stage, 'ddc_rights.json'), { admin_roles: [MODERATOR] });
	assertSaid(await discord.run(MAXI, STATUS, 'addadmin', { role: GUILD }), /Not everybody can be admin/);
	assertSaid(await discord.run(MAXI, STATUS, 'addadmin', { user: BOT }), /is a bot/);
	assertSaid(await discord.run(MAXI, STATUS, 'addadmin', { user: GRACE, role: ADMIN_ROLE }), /one at a time/);
});

scenario('/addadmin as a dialog: each mistake has its own sentence, and what was typed comes back', { containers: ['web'], admins: [MAXI] }, async (stage) => {
	const { discord } = stage;
	const { overview } = await panels(stage);
	const ask = () => discord.run(MAXI, CONTROL, 'addadmin');
	const dialog = await ask();
	assert.equal(dialog.outcome, 'modal');
	const again = async (typed, pattern) => {
		const answer = await discord.submit(MAXI, await ask(), typed);
		const message = assertSaid(answer, pattern);
		return discord.press(MAXI, message, /✏️/);
	};
	assert.match(JSON.stringify((await again({ id: '12345' }, /“12345” is no ID: it must be 17 to 20 digits/)).modal), /"value":"12345"/);
	await again({ id: 'Ada the Admin' }, /“Ada the Admin” is no ID/);
	await again({ id: '10000000000000000' }, /10000000000000000 is no ID that Discord gave away: they begin at 21154535154122752/);
	await again({ id: '99999999999999999999' }, /is no ID that Discord gave away/);
	await again({}, /Nobody was named/);
	await again({ id: ADA, who: [GRACE] }, /one at a time/);
	assert.deepEqual(file(stage, 'admins.json').discord_admin_users, [MAXI], 'nothing was saved meanwhile');
	assertSaid(await discord.submit(MAXI, await ask(), { id: MAXI }), /already/);
	assertSaid(await discord.submit(MAXI, await ask(), { id: ADA }), /is an admin now/);
	assertSaid(await discord.submit(MAXI, await ask(), { who: [GRACE] }), /is an admin now/);
	assert.deepEqual(file(stage, 'admins.json').discord_admin_users, [MAXI, ADA, GRACE]);
	await openPicker(stage, GRACE, overview);
});

scenario('without any admin, whoever manages the server names the first one, and nobody else does', { containers: ['web'], admins: [] }, async (stage) => {
	const { discord } = stage;
	const { overview } = await panels(stage);
	assertRefused(await discord.press(ADA, overview, /ddc1:pick/), /there is none yet.*Manage Server.*\/addadmin/);
	assertRefused(await discord.run(ADA, STATUS, 'addadmin', { user: ADA }, { force: true }), /there is none yet/);
	assertRefused(await discord.run(MAXI, STATUS, 'grant', { who: ADA, may: 'stop', containers: '*' }), /there is none yet/);
	await giveRole(stage, GRACE, [MODERATOR]); // may delete messages, not more
	assertRefused(await discord.run(GRACE, STATUS, 'addadmin', { user: GRACE }, { force: true }), /aucun|pas encore/);
	assertSaid(await discord.run(MAXI, STATUS, 'addadmin', { user: ADA }), /is an admin now\. One person/);
	assertRefused(await discord.run(MAXI, STATUS, 'addadmin', { user: MAXI }), /This is for admins\. An admin can add you/);
	await openPicker(stage, ADA, overview);
});

scenario('lists of admins that cannot be read are not taken for empty ones', { containers: ['web'], files: { 'admins.json': '{"discord_admin_users": [' } }, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	assertRefused(await discord.run(MAXI, STATUS, 'addadmin', { user: MAXI }), /This is for admins\. An admin can add you/);
	assert.equal(text(stage, 'admins.json'), '{"discord_admin_users": [');
	assert.ok(!existsSync(path(stage, 'ddc_rights.json')));
});

scenario('/removeadmin: by person, role, or from the list; the last one only after a second look', { containers: ['web'], admins: [MAXI, JOERG, ADA, '1180000000000000777'] }, async (stage) => {
	const { discord } = stage;
	const { overview } = await panels(stage);
	assertSaid(await discord.run(MAXI, STATUS, 'removeadmin', { user: ADA }), new RegExp(`<@${ADA}> is no longer`));
	assertRefused(await discord.press(ADA, overview, /ddc1:pick/), /admin/i);
	assertRefused(await discord.run(ADA, STATUS, 'removeadmin', { user: MAXI }, { force: true }), /for admins/);
	assertSaid(await discord.run(MAXI, STATUS, 'removeadmin', { user: ADA }), /is not among the admins/);
	const { choices } = await discord.autocomplete(MAXI, STATUS, 'removeadmin', 'listed', '777');
	assert.deepEqual(choices.map((c) => c.value), ['u1180000000000000777']);
	assert.deepEqual((await discord.autocomplete(ADA, STATUS, 'removeadmin', 'listed', '')).choices, [], 'the list is for admins');
	assertSaid(await discord.run(MAXI, STATUS, 'removeadmin', { listed: choices[0].value }), /is no longer/);

	const list = assertSaid(await discord.run(MAXI, STATUS, 'removeadmin'), new RegExp(`<@${MAXI}>[^]*<@${JOERG}>`));
	assertSaid(await discord.choose(MAXI, list, `u${JOERG}`), /is no longer/);
	const asked = await discord.run(MAXI, STATUS, 'removeadmin', { user: MAXI });
	assertSaid(asked, /is the last admin/);
	assert.deepEqual(file(stage, 'admins.json').discord_admin_users, [MAXI], 'not before the second look');
	assertSaid(await discord.press(MAXI, asked.message, /⚠️/), /Nobody is admin now/);
	assert.deepEqual(file(stage, 'admins.json').discord_admin_users, []);
	assert.deepEqual(audit(stage).filter((l) => l.action === 'remove admin').map((l) => l.result), ['done', 'refused', 'refused', 'done', 'done', 'done']);
	assertRefused(await discord.run(MAXI, STATUS, 'removeadmin'), /none yet/);
});

scenario('/grant with options: exactly that right, that place; /revoke takes it away at once; stale panels too', { containers: CONTAINERS }, async (stage) => {
	const { discord, engine } = stage;
	const { overview } = await panels(stage);
	await giveRole(stage, GRACE, [MODERATOR]);
	const granted = await discord.run(MAXI, STATUS, 'grant', { who: MODERATOR, may: 'restart, logs', containers: 'mc-*', channel: STATUS, per_hour: 2, note: 'for the evening' });
	assertSaid(granted, new RegExp(`Granted[^]*\`g1\` <@&${MODERATOR}>: logs, restart on \`mc-\\*\` · <#${STATUS}> · 2 times an hour`));
	assert.deepEqual(file(stage, 'ddc_rights.json'), { grants: [{ id: 'g1', role: MODERATOR, may: ['logs', 'restart'], containers: ['mc-*'], channels: [STATUS], per_hour: 2, note: 'for the evening', by: `Maxi (${MAXI})` }] });
	assert.deepEqual([last(stage).action, last(stage).target, last(stage).result], ['grant', 'g1', 'done']);

	const picker = await openPicker(stage, GRACE, overview);
	assert.deepEqual(findComponent(picker, (c) => c.type === 3).options.map((o) => o.value), ['mc-1', 'mc-2']);
	const panel = (await discord.choose(GRACE, picker, 'mc-1')).message;
	assert.ok(hasComponent(panel, /ddc1:restart:mc-1/) && !hasComponent(panel, /ddc1:stop:/));
	assertRefused(await discord.click(GRACE, panel, 'ddc1:stop:mc-1', { force: true }), /accordé[^]*\/grant[^]*\/rights/);
	const second = await openPicker(stage, GRACE, overview);
	const since = (await engine.state('mc-2')).StartedAt;

	const { choices } = await discord.autocomplete(MAXI, STATUS, 'revoke', 'grant', 'mc-');
	assert.deepEqual(choices, [{ name: 'g1 · logs, restart · mc-*', value: 'g1' }]);
	assertSaid(await discord.run(MAXI, STATUS, 'revoke', { grant: 'g1' }), /Taken back[^]*~~`g1`/);
	assert.deepEqual(file(stage, 'ddc_rights.json').grants, []);
	assertRefused(await discord.click(GRACE, panel, 'ddc1:restart:mc-1', { force: true }), /admin/i);
	assertRefused(await discord.click(GRACE, second, 'ddc1:open', { values: ['mc-2'] }), /admin/i);
	assertRefused(await discord.run(GRACE, STATUS, 'restart', { container: 'mc-2' }), /admin/i);
	assert.equal((await engine.state('mc-2')).StartedAt, since);
	assertSaid(await discord.run(MAXI, STATUS, 'revoke', { grant: 'g1' }), /no grant `g1`/);
});

scenario('/grant as a dialog: wrong fields are named together, nothing typed is lost, nobody means everybody only after a question', { containers: CONTAINERS }, async (stage) => {
	const { discord } = stage;
	const { overview } = await panels(stage);
	const dialog = await discord.run(MAXI, STATUS, 'grant', { containers: 'web, mc-*', channel: STATUS });
	assert.equal(dialog.outcome, 'modal');
	assert.match(JSON.stringify(dialog.modal), /"value":"web, mc-\*"/);
	const bad = await discord.submit(MAXI, dialog, { who: [ADA], may: ['stop', 'see'], containers: 'web a/b', hours: 'late', per_hour: 'lots' });
	assertSaid(bad, /What you typed is kept[^]*“a\/b” is neither[^]*“late” is no span of hours[^]*“lots” is no number from 1 to 1000/);
	assert.ok(!existsSync(path(stage, 'ddc_rights.json')), 'nothing was saved');
	assert.equal(last(stage).result, 'refused');
	const again = await discord.press(MAXI, bad.message, /✏️/);
	assert.match(JSON.stringify(again.modal), new RegExp(`"id":"${ADA}","type":"user"[^]*"value":"web a/b"[^]*"value":"late"[^]*"value":"lots"`));
	assert.deepEqual(again.modal.components[1].component.options.filter((o) => o.default).map((o) => o.value), ['see', 'stop']);
	const good = await discord.submit(MAXI, again, { containers: 'web mc-* nowhere', hours: '00:00–12:00', per_hour: '' });
	assertSaid(good, /Granted[^]*no container fits `nowhere`/);
	assert.deepEqual(file(stage, 'ddc_rights.json').grants, [{ id: 'g1', user: ADA, may: ['see', 'stop'], containers: ['web', 'mc-*', 'nowhere'], channels: [STATUS], hours: '00:00-12:00', by: `Maxi (${MAXI})` }]);

	const nobody = await discord.submit(MAXI, await discord.run(MAXI, STATUS, 'grant'), { may: ['logs'], containers: 'web' });
	assertSaid(nobody, /You named nobody/);
	assert.equal(file(stage, 'ddc_rights.json').grants.length, 1);
	assertSaid(await discord.press(MAXI, nobody.message, /👥/), /`g2` Everybody: logs on `web`/);
	assert.equal(file(stage, 'ddc_rights.json').grants[1].everyone, true);
	await openPicker(stage, GRACE, overview);
	assertSaid(await discord.run(MAXI, STATUS, 'grant', { who: ADA, everyone: true, may: 'stop', containers: 'web' }), /contradict/);
	assertSaid(await discord.run(MAXI, STATUS, 'grant', { everyone: true, may: 'fly', containers: 'web' }), /“fly” is no right\. There are `see`, `logs`/);
});

scenario('/grant offers words, containers, groups and projects, each behind what stands there already; to admins only', {
	containers: [...CONTAINERS, { name: 'jelly', docker: { Labels: { 'com.docker.compose.project': 'media' } } }], files: { 'ddc_rights.json': '{"groups": {"games": ["mc-*"]}}' },
}, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	await discord.wait({ commands: 5 });
	const offered = async (option, value, user = MAXI) => (await discord.autocomplete(user, STATUS, 'grant', option, value)).choices.map((c) => c.value);
	assert.deepEqual(await offered('may', 'see, re'), ['see, restart']);
	assert.ok((await offered('may', '')).includes('bulk'));
	assert.deepEqual(await offered('containers', 'web,g'), ['web,group:games']);
	assert.ok((await offered('containers', 'proj')).includes('project:media'));
	assert.deepEqual(await offered('containers', 'mc-'), ['mc-1', 'mc-2']);
	assert.deepEqual(await offered('containers', '', ADA), []);
});

scenario('/rights: what, why and why not, for oneself; for others only to admins', {
	containers: [...CONTAINERS, { name: 'looking', allowed_actions: ['status'] }],
	files: { 'ddc_rights.json': { admin_roles: [ADMIN_ROLE], grants: [{ id: 'g1', role: MODERATOR, may: ['restart'], containers: ['mc-*'], channels: [GAMES, STATUS] }, { id: 'g2', everyone: true, may: ['logs'], containers: ['*'], channels: [CONTROL] }] } },
}, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	const own = assertSaid(await discord.run(ADA, STATUS, 'rights'), /Not an admin\.[^]*status channel/);
	assert.match(words(own), new RegExp(`❌ \`see\` \`logs\`\\n-# Grant \`g2\` gives you “see, logs” only in <#${CONTROL}>`));
	assert.match(words(own), /❌ [^\n]*`restart`[^\n]*\n-# Nobody has granted you/);
	assert.ok(!hasComponent(own, /ddc1:rights/), 'no buttons of admins');
	await giveRole(stage, GRACE, [MODERATOR]);
	await discord.control(`PATCH /users/${GRACE}`, { locale: 'en-US' });
	assertSaid(await discord.run(GRACE, STATUS, 'rights'), /🟡 `see` `restart` · \*\*mc-1\*\*, \*\*mc-2\*\*\n-# by grant `g1`/);
	assertSaid(await discord.run(GRACE, STATUS, 'rights', { container: 'mc-1' }), /On \*\*mc-1\*\*:[^]*✅ `see` `restart`\n-# by grant `g1`/);
	assertSaid(await discord.run(GRACE, STATUS, 'rights', { container: 'web' }), /❌ [^\n]*`restart`/);
	assertSaid(await discord.run(GRACE, CONTROL, 'rights', { container: 'looking' }), /✅ `see` `logs`[^]*open|everybody in this control channel[^]*not among the actions allowed/);
	assertRefused(await discord.run(ADA, STATUS, 'rights', { who: GRACE }), /for admins/);
	assertSaid(await discord.run(ADA, STATUS, 'rights', { who: ADA }), /Your rights/);
	assertRefused(await discord.run(ADA, STATUS, 'rights', { container: 'nosuch' }), /no such container/);

	assertSaid(await discord.run(MAXI, STATUS, 'rights'), /👑 Admin, by name[^]*✅ [^\n]*`see`[^]*for admins/);
	assertSaid(await discord.run(MAXI, STATUS, 'rights', { who: GRACE, container: 'mc-2' }), new RegExp(`About <@${GRACE}>[^]*✅ \`see\` \`restart\`\\n-# by grant`));
	assertSaid(await discord.run(MAXI, STATUS, 'rights', { who: MODERATOR }), new RegExp(`About <@&${MODERATOR}>[^]*by grant \`g1\``));
	assertSaid(await discord.run(MAXI, STATUS, 'rights', { who: ADMIN_ROLE }), new RegExp(`Admin, by the role <@&${ADMIN_ROLE}>`));
});

scenario('the list of all grants: pages, one of them, revoking after a second look, control channels, groups, admins without a command', {
	containers: CONTAINERS, admins: [ADA],
	files: { 'ddc_rights.json': { grants: Array.from({ length: 11 }, (_, n) => ({ id: `g${n + 1}`, user: GRACE, may: ['stop'], containers: [`box-${n}`] })) } },
}, async (stage) => {
	const { discord } = stage;
	const { admin } = await panels(stage);
	assert.equal((await discord.run(ADA, STATUS, 'grant').catch((e) => e)).status, 409, 'Ada, an admin by name, is not shown the command');
	const own = assertSaid(await discord.run(ADA, STATUS, 'rights'), /👑 Admin, by name/);
	const list = (await discord.press(ADA, own, /📜/)).message;
	assert.match(words(list), /Control channels are open[^]*`g1`[^]*`g8`[^]*Page 1 of 2/);
	assert.doesNotMatch(words(list), /`g9`/);
	const second = (await discord.press(ADA, list, /▶️/)).message;
	assert.match(words(second), /`g9`[^]*`g11`[^]*Page 2 of 2/);
	const one = (await discord.choose(ADA, (await discord.press(ADA, second, /◀️/)).message, 'g3')).message;
	assert.match(words(one), /`g3`[^]*`box-2`/);
	const asked = (await discord.press(ADA, one, /🗑️/)).message;
	assert.match(words(asked), /Take this back\?/);
	assert.equal(file(stage, 'ddc_rights.json').grants.length, 11);
	const go = findComponent(asked, /⚠️/).custom_id;
	assert.match(words((await discord.press(ADA, asked, /⚠️/)).message), /Taken back/);
	assert.deepEqual(file(stage, 'ddc_rights.json').grants.map((g) => g.id), [1, 2, 4, 5, 6, 7, 8, 9, 10, 11].map((n) => `g${n}`));
	assertRefused(await discord.click(ADA, own, go, { force: true }), /no grant `g3`/);
	assertRefused(await discord.click(GRACE, admin, go, { force: true }), /admins/);

	const closing = (await discord.press(ADA, (await discord.press(ADA, own, 'ddc1:rights:list:0')).message, /ddc1:rights:control:/)).message;
	assert.match(words((await discord.press(ADA, closing, /⚠️/)).message), /are closed now/);
	assert.equal(file(stage, 'ddc_rights.json').control_channels, 'granted');
	assertRefused(await discord.press(MAXI, admin, /ddc1:pick/), /granted you/);
	const opening = (await discord.press(ADA, (await discord.press(ADA, own, 'ddc1:rights:list:0')).message, /ddc1:rights:control:/)).message;
	assert.match(words((await discord.press(ADA, opening, /⚠️/)).message), /are open now/);
	await openPicker(stage, MAXI, admin);

	const groups = (await discord.press(ADA, (await discord.press(ADA, own, 'ddc1:rights:list:0')).message, /📦/)).message;
	assert.match(words(groups), /There are no groups/);
	assertSaid(await discord.submit(ADA, await discord.press(ADA, groups, /➕/), { name: 'a b', containers: 'x/y' }), /“a b” is no name for a group[^]*“x\/y”/);
	const saved = (await discord.submit(ADA, await discord.press(ADA, groups, /➕/), { name: 'games', containers: 'mc-*, web' })).message;
	assert.match(words(saved), /`group:games`/);
	assert.deepEqual(file(stage, 'ddc_rights.json').groups, { games: ['mc-*', 'web'] });
	const change = await discord.choose(ADA, (await discord.press(ADA, saved, /📦/)).message, 'games');
	assert.match(JSON.stringify(change.modal), /"value":"mc-\* web"/);
	assert.match(words((await discord.submit(ADA, change, { containers: '' })).message), /is gone/);
	assert.deepEqual(file(stage, 'ddc_rights.json').groups, {});
	assert.match(words((await discord.press(ADA, (await discord.press(ADA, own, 'ddc1:rights:list:0')).message, /🩺/)).message), /Discord: the token is valid/);
});

scenario('edits by hand and by command do not lose each other; every other byte stays', { containers: CONTAINERS }, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	const byHand = `{\n\t"mine": 1.50, "//": "ä\\u00e4",\n\t"grants" : [ {"id": "hand", "user": "${ADA}",  "may": ["see"], "containers": ["web"]} ],\n\t"later": {"a":[1 ,2]}\n}\n`;
	writeFileSync(path(stage, 'ddc_rights.json'), byHand); // not read yet when the command comes
	assertSaid(await discord.run(MAXI, STATUS, 'grant', { who: GRACE, may: 'see', containers: 'web' }), /Granted[^]*`g1`/);
	assert.equal(text(stage, 'ddc_rights.json'), `{\n\t"mine": 1.50, "//": "ä\\u00e4",\n\t"grants" : [\n    {"id": "hand", "user": "${ADA}",  "may": ["see"], "containers": ["web"]},\n    {"id":"g1","user":"${GRACE}","may":["see"],"containers":["web"],"by":"Maxi (${MAXI})"}\n  ],\n\t"later": {"a":[1 ,2]}\n}\n`);
	assertSaid(await discord.run(MAXI, STATUS, 'rights', { who: ADA }), /`hand`/);
	const both = await Promise.all([MAXI, JOERG].map((user) => discord.run(user, STATUS, 'grant', { who: user, may: 'stop', containers: 'web' })));
	both.forEach((answer) => assertSaid(answer, /g[23]/));
	assert.deepEqual(file(stage, 'ddc_rights.json').grants.map((g) => g.id), ['hand', 'g1', 'g2', 'g3']);
	writeFileSync(path(stage, 'ddc_rights.json'), '{"grants": [');
	assertSaid(await discord.run(MAXI, STATUS, 'grant', { who: GRACE, may: 'see', containers: 'web' }), /Nothing was changed:[^]*not JSON \(line 1/);
	assert.equal(text(stage, 'ddc_rights.json'), '{"grants": [');
	assert.equal(last(stage).result, 'failed');
});

scenario('two at once take off the last two admins: one stays', { containers: ['web'], admins: [MAXI, JOERG] }, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	const answers = await Promise.all([discord.run(MAXI, STATUS, 'removeadmin', { user: JOERG }), discord.run(JOERG, STATUS, 'removeadmin', { user: MAXI })]);
	assert.equal(file(stage, 'admins.json').discord_admin_users.length, 1);
	assert.equal(answers.filter((a) => /is no longer|nicht mehr/.test(words(a.message))).length, 1);
});

scenario('a folder that cannot be written gives a sentence, and nothing changes', { containers: CONTAINERS }, async (stage) => {
	const { discord, folder } = stage;
	const { overview } = await panels(stage);
	execFileSync('mount', ['--bind', folder.config, folder.config]);
	stage.defer(() => execFileSync('umount', [folder.config]));
	execFileSync('mount', ['-o', 'remount,bind,ro', folder.config]);
	const before = text(stage, 'admins.json');
	assertSaid(await discord.run(MAXI, STATUS, 'addadmin', { user: ADA }), /Nothing was changed:[^]*admins\.json/);
	assertSaid(await discord.run(MAXI, STATUS, 'grant', { who: ADA, may: 'stop', containers: 'web' }), /Nothing was changed:[^]*ddc\\?_rights\.json/);
	assert.equal(text(stage, 'admins.json'), before);
	assert.ok(!existsSync(path(stage, 'ddc_rights.json')));
	assertRefused(await discord.press(ADA, overview, /ddc1:pick/), /admin/i);
	assert.deepEqual(audit(stage).map((l) => l.result).slice(-3, -1), ['failed', 'failed']);
});
