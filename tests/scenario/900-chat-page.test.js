// The whole way, through a person's eyes: the chat page in a headless browser, the real ddc, real containers.
// DDC_SCREENSHOTS=FOLDER keeps pictures of it (make screenshots).

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { scenario } from '../lib/stage.js';
import { ICON, panels, shown } from '../lib/people.js';
import { patience } from '../lib/wait.js';
import { CONTROL, GRACE } from '../lib/world.js';

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const SHOTS = process.env.DDC_SCREENSHOTS;
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none'];

async function openPage(stage, { width, height, scale = 1 }) {
	const profile = mkdtempSync(join(tmpdir(), 'ddc-browser-'));
	const context = await chromium.launchPersistentContext(profile, { executablePath: BROWSER, headless: true, args: ARGS, viewport: { width, height }, deviceScaleFactor: scale, colorScheme: 'dark' });
	stage.defer(async () => {
		await context.close();
		rmSync(profile, { recursive: true, force: true });
	});
	const page = context.pages()[0] ?? await context.newPage();
	page.setDefaultTimeout(patience(10_000));
	page.problems = [];
	page.on('pageerror', (error) => page.problems.push(error.message));
	await page.goto(stage.discord.url);
	await page.waitForSelector('body[data-ready]');
	return page;
}

// On a phone channels and people are behind a button.
async function openMenu(page) {
	const menu = page.getByRole('button', { name: 'Show channels' });
	if (await menu.isVisible())
		await menu.click();
}

async function become(page, name) {
	await openMenu(page);
	await page.getByRole('button', { name: 'Choose who you are' }).click();
	await page.getByRole('option', { name }).click();
	await page.locator('.user-name', { hasText: name }).waitFor({ state: 'attached' }); // on a phone the menu has closed over it
	await page.keyboard.press('Escape');
}

async function keep(page, name) {
	if (!SHOTS)
		return;
	mkdirSync(SHOTS, { recursive: true });
	await page.waitForTimeout(300); // pictures without half a transition
	await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** Nothing is wider than the window: nobody has to push the page about on a phone. */
async function assertFits(page) {
	const wide = await page.evaluate(() => [...document.querySelectorAll('main, main *')].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1).map((e) => e.className || e.tagName));
	assert.deepEqual(wide, []);
}

const SLOW_STOP = 'trap "sleep 2; exit 0" TERM; while :; do sleep 3600 & wait $!; done';
const healthcheck = (test) => ({ Healthcheck: { Test: ['CMD-SHELL', test], Interval: 300e6, Timeout: 1e9, Retries: 1, StartPeriod: 0 } });
const CONTAINERS = [
	{ name: 'minecraft', display_name: 'Minecraft Überleben', run: SLOW_STOP, info: { enabled: true, show_ip: true, custom_ip: 'play.example.org', custom_port: '25565', custom_text: 'Survival, no griefing' } },
	{ name: 'valheim', display_name: 'Valheim – Midgard', run: 'exit 0' }, { name: 'plex', display_name: 'Plex', docker: healthcheck('true') }, { name: 'jellyfin', display_name: 'Jellyfin' },
	{ name: 'nextcloud', display_name: 'Nextcloud (Familie)', docker: healthcheck('false') }, { name: 'homeassistant', display_name: 'Home Assistant' }, { name: 'paperless', display_name: 'Paperless', run: 'exit 3' },
	{ name: 'vaultwarden', display_name: 'Vaultwarden' },
];

for (const [device, size] of [['desktop', { width: 1200, height: 800 }], ['phone', { width: 390, height: 844, scale: 2 }]])
	scenario(`on a ${device}: panel, 🛠️, container, Restart, pending, result`, { containers: CONTAINERS, skip: !BROWSER && 'no chromium here' }, async (stage) => {
		const { discord, engine } = stage;
		const { admin } = await panels(stage);
		await discord.shows(admin, shown('Minecraft Überleben', ICON.running));
		await discord.shows(admin, /⚠️[^]*Nextcloud|Nextcloud[^]*⚠️/);
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
