// Every panel and dialog once, on both devices: nothing is wider than the window, nothing breaks, and a picture of each is kept for docs/
// (make screenshots).

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { assertFits, become, BROWSER, DEVICES, keep, newest, openChannel, openPage, type } from '../lib/page.js';
import { ICON, panels, shown } from '../lib/people.js';
import { patience } from '../lib/wait.js';

const TALK = 'echo "[12:00:01] Starting server on *:25565"; echo "[12:00:02] WARN can not keep up" >&2; n=0; while :; do n=$((n+1)); echo "[12:00:0$n] Ann joined the game"; sleep 2; done';
const of = (project) => ({ Labels: { 'com.docker.compose.project': project } });
const info = { enabled: true, show_ip: true, custom_ip: 'play.example.org', custom_port: '25565', custom_text: 'Survival, no griefing. Be nice to each other.', protected_enabled: true, protected_content: 'The code is 4711', protected_password: 'sesame' };
const CONTAINERS = [
	{ name: 'minecraft', display_name: 'Minecraft Überleben', run: TALK, info, docker: of('games'), allowed_actions: ['status', 'start', 'stop', 'restart', 'pause', 'kill'] },
	{ name: 'valheim', display_name: 'Valheim – Midgard', run: 'exit 0', docker: of('games') }, { name: 'plex', display_name: 'Plex', docker: of('media') }, { name: 'jellyfin', display_name: 'Jellyfin', docker: of('media') },
	{ name: 'paperless', display_name: 'Paperless', run: 'exit 3' }, { name: 'vaultwarden', display_name: 'Vaultwarden' },
];

for (const [device, size] of DEVICES)
	scenario(`every panel and dialog on a ${device}`, {
		containers: CONTAINERS, env: { DDC_PANEL_GROUPS: 'project' }, skip: !BROWSER && 'no chromium here', timeoutMs: 240_000,
	}, async (stage) => {
		const { discord, engine } = stage;
		const { overview, admin } = await panels(stage);
		await discord.shows(admin, shown('Minecraft Überleben', ICON.running));
		await discord.shows(admin, /\d %  ?\d/, { timeoutMs: 30_000 });
		const page = await openPage(stage, size);
		const snap = async (name) => {
			await keep(page, `${device}-${name}`);
			await assertFits(page);
		};
		// The picture comes when the message says so: an answer may take its time on a busy machine.
		const says = (text) => newest(page).getByText(text).first().waitFor();
		const press = (label) => newest(page).getByRole('button', { name: label }).first().click();
		const dialog = async (name) => {
			await page.locator('dialog.modal[open]').waitFor();
			await keep(page, `${device}-${name}`);
			await page.keyboard.press('Escape');
			await page.locator('dialog.modal').waitFor({ state: 'detached' });
		};

		// everybody: information, its password, a refusal
		await become(page, 'Ada');
		await openChannel(page, 'server-status');
		await page.locator(`#message-${overview.id} [data-custom-id="ddc1:info"]`).click();
		await newest(page).waitFor();
		await newest(page).locator('button.select').first().click();
		await page.getByRole('option', { name: /Minecraft/ }).click();
		await says(/no griefing/);
		await snap('info');
		await newest(page).getByRole('button', { name: 'Open' }).click();
		await dialog('password-dialog');
		await page.locator(`#message-${overview.id} [data-custom-id="ddc1:pick"]`).click();
		await says(/for admins/);
		await snap('refusal');

		// an admin: the panel with groups, logs, figures, a second look
		await become(page, 'Maxi');
		await openChannel(page, 'admin-control');
		const panel = page.locator(`#message-${admin.id}`);
		await panel.getByText('media').waitFor();
		await snap('groups');
		await panel.locator('[data-custom-id="ddc1:bulk:stop"]').click();
		await says(/./);
		await snap('bulk-confirmation');
		await panel.locator('[data-custom-id="ddc1:pick"]').click();
		await newest(page).locator('button.select').first().click();
		await page.getByRole('option', { name: /Minecraft/ }).click();
		await newest(page).locator('[data-custom-id="ddc1:kill:minecraft"]').click();
		await newest(page).locator('[data-custom-id^="ddc1:kill-go"], [data-custom-id^="ddc1:confirm"], [data-custom-id*="minecraft"]').first().waitFor();
		await snap('kill-confirmation');
		await type(page, '/logs minecraft');
		await says(/joined the game/);
		await snap('logs');
		await press(/Search/);
		await dialog('log-search-dialog');
		await press(/Live/);
		await newest(page).getByRole('button', { name: /Stop/ }).first().waitFor();
		await snap('logs-live');
		await press(/Stop/);
		await type(page, '/stats minecraft');
		await says(/CPU/);
		await snap('stats');
		await type(page, '/info minecraft');
		await says(/4711/);
		await snap('info-admin');
		await newest(page).getByRole('button', { name: /Edit$/ }).click();
		await dialog('edit-dialog');
		await press(/Edit protected/);
		await dialog('edit-protected-dialog');
		await type(page, '/doctor ');
		await says(/Docker/);
		await snap('doctor');

		await engine.kill();
		await panel.getByText(/does not answer/).first().waitFor({ timeout: patience(20_000) });
		await panel.scrollIntoViewIfNeeded();
		await snap('engine-away');
		await engine.launch();
		assert.deepEqual(page.problems, []);
	});
