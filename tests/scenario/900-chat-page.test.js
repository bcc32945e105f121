// The whole way, through a person's eyes: the chat page in a headless browser, the real ddc, real containers.
// DDC_SCREENSHOTS=FOLDER keeps pictures of it (make screenshots).

import assert from 'node:assert/strict';
import { assertFits, become, BROWSER, DEVICES, keep, openMenu, openPage } from '../lib/page.js';
import { scenario } from '../lib/stage.js';
import { ICON, panels, shown } from '../lib/people.js';
import { patience } from '../lib/wait.js';
import { CONTROL, GRACE } from '../lib/world.js';

const SLOW_STOP = 'trap "sleep 2; exit 0" TERM; while :; do sleep 3600 & wait $!; done';
const healthcheck = (test) => ({ Healthcheck: { Test: ['CMD-SHELL', test], Interval: 300e6, Timeout: 1e9, Retries: 1, StartPeriod: 0 } });
const CONTAINERS = [
	{ name: 'minecraft', display_name: 'Minecraft Überleben', run: SLOW_STOP, info: { enabled: true, show_ip: true, custom_ip: 'play.example.org', custom_port: '25565', custom_text: 'Survival, no griefing' } },
	{ name: 'valheim', display_name: 'Valheim – Midgard', run: 'exit 0' }, { name: 'plex', display_name: 'Plex', docker: healthcheck('true') }, { name: 'jellyfin', display_name: 'Jellyfin' },
	{ name: 'nextcloud', display_name: 'Nextcloud (Familie)', docker: healthcheck('false') }, { name: 'homeassistant', display_name: 'Home Assistant' }, { name: 'paperless', display_name: 'Paperless', run: 'exit 3' },
	{ name: 'vaultwarden', display_name: 'Vaultwarden' },
];

for (const [device, size] of DEVICES)
	scenario(`on a ${device}: panel, 🛠️, container, Restart, pending, result`, { containers: CONTAINERS, skip: !BROWSER && 'no chromium here' }, async (stage) => {
		const { discord, engine } = stage;
		const { admin } = await panels(stage);
		await discord.shows(admin, shown('Minecraft Überleben', ICON.running));
		await discord.shows(admin, /⚠️[^]*Nextcloud|Nextcloud[^]*⚠️/);
		await discord.shows(admin, /\d %/, { timeoutMs: 30_000 });
		const since = (await engine.state('minecraft')).StartedAt;
		const page = await openPage(stage, size);
		await become(page, 'Maxi');
		const messages = page.locator('#messages');

		await messages.getByText('Minecraft Überleben').first().waitFor();
		await keep(page, `${device}-overview`);
		await assertFits(page);

		await openMenu(page);
		await page.getByRole('button', { name: 'admin-control' }).click();
		const panel = page.locator(`#message-${admin.id}`);
		await panel.getByText('Minecraft Überleben').waitFor();
		await keep(page, `${device}-admin-overview`);
		await assertFits(page);

		await panel.locator('[data-custom-id="ddc1:pick"]').click();
		const mine = messages.locator('.message.ephemeral').last();
		await mine.waitFor();
		await keep(page, `${device}-picker`);
		await mine.locator('button.select').first().click();
		await page.getByRole('option', { name: /Minecraft/ }).click();
		const restart = messages.locator('[data-custom-id="ddc1:restart:minecraft"]').last();
		await restart.waitFor();
		await keep(page, `${device}-control-panel`);
		await assertFits(page);

		await restart.click();
		await panel.getByText(/⏳/).first().waitFor();
		await keep(page, `${device}-pending`);
		await panel.getByText(/⏳/).first().waitFor({ state: 'detached', timeout: patience(20_000) });
		await messages.locator('[data-custom-id="ddc1:restart:minecraft"]:not([disabled])').last().waitFor();
		await keep(page, `${device}-result`);
		const state = await engine.state('minecraft');
		assert.equal(state.Status, 'running');
		assert.notEqual(state.StartedAt, since, 'the container was really restarted');

		await page.locator('#composer-text').pressSequentially('/help ');
		await page.keyboard.press('Enter');
		await messages.locator('.message.ephemeral').last().getByText('/control').first().waitFor();
		await keep(page, `${device}-help`);
		await assertFits(page);
		assert.deepEqual(page.problems, []);
		assert.equal((await discord.messages(CONTROL)).filter((m) => !(m.flags & 64)).length, 1);
	});

const MODERATOR = '1180000000000000152';
const RIGHTS = { groups: { games: ['minecraft', 'valheim'] }, grants: [
	{ id: 'g1', role: MODERATOR, may: ['logs', 'restart'], containers: ['group:games'], hours: '18:00-23:00', per_hour: 3, note: 'agreed in May' },
	{ id: 'g2', user: GRACE, may: ['start', 'stop'], containers: ['plex', 'jelly*'] } ] };

for (const [device, size] of [['desktop', { width: 1200, height: 800 }], ['phone', { width: 390, height: 844, scale: 2 }]])
	scenario(`on a ${device}: /rights, all grants, a grant by dialog, and what the person may then`, { containers: CONTAINERS, files: { 'ddc_rights.json': RIGHTS }, skip: !BROWSER && 'no chromium here' }, async (stage) => {
		const { discord } = stage;
		const { overview } = await panels(stage);
		await discord.shows(overview, shown('Minecraft Überleben', ICON.running));
		const page = await openPage(stage, size);
		await become(page, 'Maxi');
		const messages = page.locator('#messages');
		const command = async (text) => {
			await page.locator('#composer-text').pressSequentially(`/${text} `);
			await page.keyboard.press('Enter');
		};
		const mine = () => messages.locator('.message.ephemeral').last();

		await command('rights');
		await mine().getByText('Admin, by name').waitFor();
		await keep(page, `${device}-rights-admin`);
		await mine().locator('[data-custom-id="ddc1:rights:list:0"]').click();
		await mine().getByText('agreed in May').waitFor();
		await keep(page, `${device}-grants`);
		await assertFits(page);

		await mine().locator('[data-custom-id="ddc1:rights:new:"]').click();
		const dialog = page.locator('dialog.modal');
		await dialog.locator('[data-custom-id="who"]').click();
		await page.getByRole('option', { name: 'Ada' }).click();
		await dialog.locator('[data-custom-id="may"]').click();
		for (const right of ['restart', 'logs'])
			await page.getByRole('option', { name: new RegExp(`^${right}`) }).click();
		await page.keyboard.press('Escape');
		await dialog.locator('[data-custom-id="containers"]').fill('group:games, nextcloud');
		await dialog.locator('[data-custom-id="per_hour"]').fill('often');
		await keep(page, `${device}-grant-dialog`);
		await dialog.getByRole('button', { name: 'Submit' }).click();
		await mine().getByText('is no number from 1').waitFor();
		await keep(page, `${device}-grant-mistake`);
		await mine().locator('[data-custom-id="ddc1:rights:draft:"]').click();
		await dialog.locator('[data-custom-id="per_hour"]').fill('2');
		await dialog.getByRole('button', { name: 'Submit' }).click();
		await mine().getByText('Granted, and in force now').waitFor();
		await keep(page, `${device}-granted`);
		await assertFits(page);

		await become(page, 'Ada');
		await command('rights');
		await mine().getByText('by grant').first().waitFor();
		await keep(page, `${device}-rights`);
		await assertFits(page);
		assert.deepEqual(page.problems, []);
	});
