// The whole way, through a person's eyes: the chat page in a headless browser, the real ddc, real containers.
// DDC_SCREENSHOTS=FOLDER keeps pictures of it (make screenshots).

import assert from 'node:assert/strict';
import { assertFits, become, BROWSER, DEVICES, keep, openMenu, openPage } from '../lib/page.js';
import { scenario } from '../lib/stage.js';
import { ICON, panels, shown } from '../lib/people.js';
import { patience } from '../lib/wait.js';
import { CONTROL } from '../lib/world.js';

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
