// What is wrong with the settings is said by name, the rest is used, and no file is touched.

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { containerFile, writeJson } from '../lib/config.js';
import { scenario } from '../lib/stage.js';
import { hasComponent, words } from '../lib/discord.js';
import { assertShows, ICON, panels, shown } from '../lib/people.js';
import { until } from '../lib/wait.js';
import { ADA, APP, CONTROL, GUILD, MAXI, STATUS, TOKEN } from '../lib/world.js';

scenario('broken files are named, left alone, and everything else works', {
	containers: ['web', 'db'], start: false,
	files: {
		'containers/broken.json': '{"container_name": "broken", ', 'containers/list.json': '[1, 2]', 'channels/117.json': '{"name": "short id"}', 'channels/notanid.json': '{}',
		'admins.json': `{"discord_admin_users": ["${MAXI}", "not an id", 17]}`, 'channels_config.json': 'not json at all',
	},
}, async (stage) => {
	const { discord, ddc, folder } = stage;
	const broken = readFileSync(join(folder.config, 'containers/broken.json'), 'utf8');
	await ddc.start();
	await ddc.waitHealth();
	for (const name of ['broken\\.json', 'list\\.json', '117\\.json|notanid\\.json', 'admins\\.json', 'channels_config\\.json'])
		await ddc.waitLog(new RegExp(name));
	const { admin } = await panels(stage);
	assertShows(await discord.shows(admin, shown('web', ICON.running)), 'db', ICON.running);
	assert.equal(readFileSync(join(folder.config, 'containers/broken.json'), 'utf8'), broken);
	const asked = await discord.press(MAXI, admin, /ddc1:bulk:restart/);
	assert.match(JSON.stringify(asked.message.components), /ddc1:bulkgo/, 'the admin that could be read is one');
});

scenario('a configuration that cannot be read at all is said; ddc runs on with what it has', { containers: ['web'], start: false, files: { 'config.json': '{' } }, async (stage) => {
	const { discord, ddc } = stage;
	await ddc.start();
	await ddc.waitLog(/config\.json/);
	await ddc.waitHealth(); // the token comes from the environment, the only guild is used
	await discord.panel(STATUS, /ddc1:pick/);
});

scenario('a token and nothing else: it runs, shows the invite link, and tells what is missing', { engine: false, ready: false, start: false }, async (stage) => {
	const { discord, ddc, folder } = stage;
	stage.ddc.options.env = { DDC_CONFIG_DIR: join(folder.top, 'empty') };
	await ddc.start();
	const invite = await ddc.waitLog(/https:\/\/discord\.com\/[^ ]*oauth2\/authorize\?/);
	assert.match(invite, new RegExp(`client_id=${APP}`));
	assert.match(invite, /scope=bot(\+|%20)applications\.commands/);
	await ddc.waitLog(/missing: a channel/);
	await ddc.waitLog(/missing: a container/);
	await discord.wait({ gateway: 'connected' });
	assert.doesNotMatch(ddc.log(), new RegExp(TOKEN.slice(20)), 'the token is in no log line');
});

scenario('no token: it waits, health says so; the token comes into the file and it begins', { containers: ['web'], token: null, ready: false }, async (stage) => {
	const { discord, ddc, folder } = stage;
	const sick = await ddc.waitHealth(503, /token/i);
	assert.match(sick.text, /DISCORD_BOT_TOKEN|bot_token/);
	assert.equal(ddc.command('health').code !== 0, true, 'ddc health says the same');
	writeJson(join(folder.config, 'config.json'), { language: 'en', guild_id: GUILD, timezone: 'UTC', bot_token: TOKEN });
	await ddc.waitHealth(200, /./, { timeoutMs: 20_000 });
	await discord.panel(STATUS, /ddc1:pick/);
	assert.equal(ddc.command('health').code, 0);
});

scenario('a setting changed by hand is in force without a restart', { containers: ['web'] }, async (stage) => {
	const { discord, folder, engine } = stage;
	const { overview } = await panels(stage);
	await engine.run('new');
	writeJson(join(folder.config, 'containers/new.json'), containerFile({ name: 'new', display_name: 'Newcomer' }, 5));
	await discord.shows(overview, shown('Newcomer', ICON.running));
	writeJson(join(folder.config, 'containers/web.json'), '{ broken in the middle of an edit');
	await stage.ddc.waitLog(/web\.json/);
	writeJson(join(folder.config, 'containers/web.json'), containerFile({ name: 'web', display_name: 'Renamed' }, 0));
	await discord.shows(overview, shown('Renamed', ICON.running));
	writeJson(join(folder.config, 'admins.json'), { discord_admin_users: [MAXI, ADA], admin_notes: {} });
	const answer = await until('Ada is an admin', async () => {
		const a = await discord.press(ADA, overview, /ddc1:pick/);
		return hasComponent(a.message, /ddc1:open/) ? a : undefined;
	});
	assert.ok(answer.message);
});

scenario('a broken edit is refused as a whole: file, line and reason are said, and the panels stay as they were', { containers: ['web', 'db'] }, async (stage) => {
	const { discord, ddc, folder } = stage;
	const { overview } = await panels(stage);
	const file = join(folder.config, 'containers/web.json');
	const before = readFileSync(file, 'utf8');
	writeFileSync(file, `${before}\n}`);
	writeJson(join(folder.config, 'containers/db.json'), containerFile({ name: 'db', display_name: 'Renamed' }, 1));
	const refusal = await ddc.waitLog(/the change is refused/);
	assert.match(refusal, /containers\/web\.json: line \d+: this is not JSON/);
	assertShows(await discord.message(overview.id), 'web', ICON.running);
	assert.doesNotMatch(words(await discord.message(overview.id)), /Renamed/, 'nor is the other half of it');
	writeFileSync(file, before);
	assertShows(await discord.shows(overview, shown('Renamed', ICON.running)), 'web', ICON.running);
});

scenario('the folder is suddenly empty, as when its mount goes: the panels stay; it comes back, and edits count again', { containers: ['web'] }, async (stage) => {
	const { discord, ddc, folder } = stage;
	const { overview } = await panels(stage);
	renameSync(folder.config, `${folder.config}-away`);
	mkdirSync(folder.config);
	await ddc.waitLog(/holds no settings any more/);
	assertShows(await discord.message(overview.id), 'web', ICON.running);
	rmSync(folder.config, { recursive: true });
	renameSync(`${folder.config}-away`, folder.config);
	writeJson(join(folder.config, 'containers/web.json'), containerFile({ name: 'web', display_name: 'Renamed' }, 0));
	await discord.shows(overview, shown('Renamed', ICON.running), { timeoutMs: 60_000 });
});

scenario('a file that is a link: what it points to is edited, and that is noticed', { containers: ['web'], start: false }, async (stage) => {
	const { discord, ddc, folder } = stage;
	const target = join(folder.top, 'elsewhere.json');
	const file = join(folder.config, 'containers/web.json');
	renameSync(file, target);
	symlinkSync(target, file);
	await ddc.start();
	const { overview } = await panels(stage);
	writeJson(target, containerFile({ name: 'web', display_name: 'In place' }, 0));
	await discord.shows(overview, shown('In place', ICON.running));
	writeJson(`${target}.new`, containerFile({ name: 'web', display_name: 'Replaced' }, 0));
	renameSync(`${target}.new`, target);
	await discord.shows(overview, shown('Replaced', ICON.running));
});

scenario('the clear token that somebody writes into config.json is sealed, and still opens', { containers: ['web'], token: null, ready: false, env: { DDC_ADMIN_PASSWORD: 'A-Good-Password-1' } }, async (stage) => {
	const { ddc, folder } = stage;
	const file = join(folder.config, 'config.json');
	await ddc.waitLog(/the web password was set/);
	writeJson(file, { ...JSON.parse(readFileSync(file, 'utf8')), bot_token: TOKEN, bot_token_decrypted_for_usage: TOKEN });
	await ddc.waitHealth(200, /./, { timeoutMs: 20_000 });
	await until('the token is sealed', () => !readFileSync(file, 'utf8').includes(TOKEN));
	assert.match(JSON.parse(readFileSync(file, 'utf8')).bot_token, /^gAAAAA/);
	assert.equal(statSync(file).mode & 0o777, 0o600);
	await ddc.stop();
	await ddc.start();
	await ddc.waitHealth(200, /./, { timeoutMs: 20_000 });
});

scenario('another token comes into the file: ddc logs in anew by itself', { containers: ['web'], token: null, ready: false }, async (stage) => {
	const { discord, ddc, folder } = stage;
	const file = join(folder.config, 'config.json');
	const settings = JSON.parse(readFileSync(file, 'utf8'));
	writeJson(file, { ...settings, bot_token: TOKEN });
	await ddc.waitHealth(200, /./, { timeoutMs: 20_000 });
	const other = TOKEN.replace('000000001', '000000002');
	await discord.control('POST /application', { token: other });
	const logins = async () => (await discord.journal({ kind: 'gateway' })).filter((e) => e.direction !== 'out' && e.op === 2).length;
	const before = await logins();
	writeJson(file, { ...settings, bot_token: other });
	await until('another login', async () => await logins() > before);
	await ddc.waitHealth(200, /./, { timeoutMs: 20_000 });
	await discord.panel(STATUS, /ddc1:pick/);
});

scenario('a variable that is not understood and one that does not exist: one warning each, by name', { containers: ['web'], env: { DDC_MAX_CONTAINERS: 'many', DDC_MAX_CONTANERS: '5', DDC_UNHEARD_OF: '1' } }, async (stage) => {
	await stage.ddc.waitLog(/DDC_MAX_CONTAINERS[^]*many|many[^]*DDC_MAX_CONTAINERS/);
	await stage.ddc.waitLog(/DDC_UNHEARD_OF/);
	const hint = await stage.ddc.waitLog(/DDC_MAX_CONTANERS/);
	assert.match(hint, /did you mean/);
	writeJson(join(stage.folder.config, 'admins.json'), { discord_admin_users: [ADA], admin_notes: {} });
	await stage.ddc.waitLog(/read again/);
	for (const name of ['many is not allowed', 'DDC_UNHEARD_OF', 'DDC_MAX_CONTANERS'])
		assert.equal(stage.ddc.log().split(name).length - 1, 1, `${name} is told once`);
});

scenario('a folder that cannot be written: panels work, and the log says what is not kept', { containers: ['web'], start: false }, async (stage) => {
	const { ddc, folder, discord } = stage;
	// root writes everywhere: a file in the place of what would be written does the same for it
	writeFileSync(join(folder.config, 'mech_state.json'), '{"channel_overview_message_ids": ');
	chmodSync(join(folder.config, 'mech_state.json'), 0o400);
	await ddc.start();
	await ddc.waitHealth();
	const { overview } = await panels(stage);
	assert.match(words(overview), /web/);
	await ddc.waitLog(/mech_state\.json/);
	assert.equal((await discord.messages(CONTROL)).length, 1);
});
