// The chat page in a real browser: a person sees what the bot posted, clicks, types a command, fills in a modal.
// SANDBOX_SHOTS=DIR keeps pictures of it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Client, Events, GatewayIntentBits, MessageFlags } from 'discord.js';
import { chromium } from 'playwright-core';
import { DEFAULT_TOKEN } from '../../sandbox/server.js';
import { ADA, control, GUILD, JOERG, MAXI, startSandbox, STATUS } from './help.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const SHOTS = process.env.SANDBOX_SHOTS;
const row = (...components) => ({ type: 1, components });

const COMMANDS = [
	{ name: 'ss', description: 'Show the servers of this channel', description_localizations: { de: 'Zeigt die Server dieses Kanals' } },
	{ name: 'info', description: 'About one container', options: [{ type: 3, name: 'container', description: 'Which one', required: true, autocomplete: true }, { type: 4, name: 'lines', description: 'Log lines' }] },
	{ name: 'slow', description: 'Takes its time' },
	{ name: 'silent', description: 'Never answers' },
];

async function startBot(t, sandbox) {
	const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: `${sandbox.url}/api` } });
	client.on('error', () => {});
	t.after(() => client.destroy());
	const ready = once(client, Events.ClientReady);
	await client.login(DEFAULT_TOKEN);
	await ready;
	await client.application.commands.set(COMMANDS, GUILD);
	client.on(Events.InteractionCreate, (i) => answer(i).catch((error) => assert.fail(error)));
	return client;
}

async function answer(i) {
	if (i.isAutocomplete())
		return i.respond(['plex', 'minecraft', 'valheim'].filter((n) => n.includes(i.options.getFocused())).map((n) => ({ name: `🟢 ${n}`, value: n })));
	if (i.isModalSubmit())
		return i.reply({ content: `Saved: **${i.fields.getTextInputValue('text')}**`, flags: MessageFlags.Ephemeral });
	if (i.isStringSelectMenu())
		return i.update({ components: panel(`picked ${i.values[0]}`).components });
	if (i.isButton())
		return BUTTONS[i.customId]?.(i);
	return SLASH[i.commandName]?.(i);
}

const SLASH = {
	ss: (i) => i.reply(panel('by /ss')),
	info: (i) => i.reply({ content: `Info about \`${i.options.getString('container')}\``, flags: MessageFlags.Ephemeral }),
	slow: (i) => i.deferReply(),
};

const BUTTONS = {
	restart: (i) => i.update({ embeds: [{ title: 'Server overview', color: 0xfee75c, description: '🟡 plex restarts since <t:1700000000:R>' }], components: panel().components }),
	edit: (i) => i.showModal({ custom_id: 'm', title: 'Information on plex', components: [
		{ type: 18, label: 'Text', description: 'Shown to everybody', component: { type: 4, custom_id: 'text', style: 2, max_length: 200, value: 'Movies' } },
		{ type: 18, label: 'Group', component: { type: 3, custom_id: 'group', required: false, options: [{ label: 'Media', value: 'media' }, { label: 'Games', value: 'games' }] } }] }),
};

function panel(placeholder = 'Choose a container') {
	return {
		embeds: [{
			title: 'Server overview', color: 0x57f287, description: 'Updated <t:1700000000:R> · [project](https://example.org)\n```ansi\n\u001b[32m●\u001b[0m plex        2.1 %   412 MiB   3d 4h\n\u001b[31m●\u001b[0m minecraft   stopped (137)\n```',
			fields: [{ name: '🟢 Plex', value: 'up 3 days', inline: true }, { name: '🔴 Minecraft', value: '**out of memory**', inline: true }, { name: '🟢 Valheim', value: '3/8 players', inline: true }],
			footer: { text: 'ddc 1.0' }, timestamp: '2026-01-01T10:00:00Z',
		}],
		components: [
			row({ type: 2, style: 1, custom_id: 'edit', label: 'Edit', emoji: { name: '📝' } }, { type: 2, style: 4, custom_id: 'restart', label: 'Restart', emoji: { name: '🔄' } },
				{ type: 2, style: 2, custom_id: 'dead', emoji: { name: 'ℹ️' } }, { type: 2, style: 3, custom_id: 'start', label: 'Start', disabled: true }, { type: 2, style: 5, url: 'https://example.org', label: 'Help' }),
			row({ type: 3, custom_id: 'pick', placeholder, options: Array.from({ length: 25 }, (_, n) => ({ label: `Container ${n + 1}`, value: `c${n + 1}`, description: n % 2 ? 'stopped' : 'running', emoji: { name: n % 2 ? '🔴' : '🟢' } })) }),
		],
	};
}

const V2_PANEL = { flags: 1 << 15, components: [{ type: 17, accent_color: 0x5865f2, components: [
	{ type: 10, content: '## Admin overview\n-# 3 containers · 2 online' }, { type: 14 },
	{ type: 9, components: [{ type: 10, content: '**plex**\n🟢 2.1 % · 412 MiB' }], accessory: { type: 2, style: 2, custom_id: 'v2a', label: 'Control' } },
	{ type: 9, components: [{ type: 10, content: '**minecraft**\n🔴 exited (137), out of memory' }], accessory: { type: 2, style: 3, custom_id: 'v2b', label: 'Start' } },
	{ type: 14, spacing: 2 }, row({ type: 2, style: 4, custom_id: 'v2c', label: 'Stop all' }, { type: 2, style: 1, custom_id: 'v2d', label: 'Restart all' })] }] };

async function openPage(t, sandbox, user, viewport = { width: 1280, height: 860 }) {
	const profile = mkdtempSync(path.join(tmpdir(), 'sandbox-page-'));
	const context = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, headless: true, viewport, deviceScaleFactor: SHOTS ? 2 : 1,
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
	t.after(async () => {
		await context.close();
		rmSync(profile, { recursive: true, force: true });
	});
	const page = context.pages()[0] ?? await context.newPage();
	page.problems = [];
	page.on('pageerror', (error) => page.problems.push(String(error)));
	page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()));
	await page.goto(`${sandbox.url}/#${user}/${STATUS}`);
	await page.waitForSelector('body[data-ready]');
	page.shot = (name) => SHOTS && page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
	return page;
}

const shown = (page, text) => page.locator('#messages').getByText(text).first().waitFor({ timeout: 5000 });

test('a person on a desktop: panel, button, select, modal, commands, failures', { skip: !CHROMIUM && 'no chromium here' }, async (t) => {
	const sandbox = await startSandbox(t, { interaction_timeout_ms: 1200 });
	const client = await startBot(t, sandbox);
	await client.channels.cache.get(STATUS).send(panel());
	const page = await openPage(t, sandbox, ADA);
	await shown(page, 'Server overview');
	await page.shot('1-panel');

	await page.getByRole('button', { name: 'Restart' }).click();
	await shown(page, /plex restarts since/);
	await shown(page, '(edited)');

	await page.getByRole('button', { name: 'Edit' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.waitFor();
	await page.shot('2-modal');
	await dialog.locator('textarea').fill('Films and series');
	await dialog.getByRole('button', { name: 'Submit' }).click();
	await shown(page, 'Films and series');
	await shown(page, 'Only you can see this');
	await page.shot('3-private');
	await page.getByRole('button', { name: 'Dismiss message' }).click();
	await page.locator('#messages').getByText('Films and series').waitFor({ state: 'detached' });

	await page.getByRole('button', { name: 'Choose a container' }).click();
	await page.getByPlaceholder('Search').fill('container 2');
	await page.shot('4-select');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('Enter');
	await shown(page, 'picked c20');

	await page.locator('[data-custom-id="dead"]').click();
	await shown(page, 'This interaction failed');
	await page.shot('5-failed');

	await page.locator('#composer-text').pressSequentially('/inf');
	await page.getByRole('option', { name: /info/ }).waitFor();
	await page.shot('6-command');
	await page.keyboard.press('Enter');
	await page.locator('[data-option="container"]').pressSequentially('val');
	await page.getByRole('option', { name: /valheim/ }).waitFor();
	await page.shot('7-autocomplete');
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await shown(page, 'valheim');
	await page.shot('8-answer');

	await page.locator('#composer-text').pressSequentially('/slow ');
	await page.keyboard.press('Enter');
	await shown(page, 'ddc is thinking…');
	await page.locator('#composer-text').pressSequentially('/silent ');
	await page.keyboard.press('Enter');
	await shown(page, 'The application did not respond');
	await page.shot('9-silent');
	assert.deepEqual(page.problems, []);
});

test('what others write and what the moderator deletes is seen at once; the private stays private', { skip: !CHROMIUM && 'no chromium here' }, async (t) => {
	const sandbox = await startSandbox(t);
	await startBot(t, sandbox);
	const page = await openPage(t, sandbox, MAXI);
	const { message } = await control(sandbox, `POST /channels/${STATUS}/messages`, { user: ADA, content: '**bold** `code` <t:1700000000:d> ||secret|| <script>alert(1)</script>' });
	await shown(page, '<script>alert(1)</script>');
	assert.equal(await page.locator('#messages strong').innerText(), 'bold');
	await control(sandbox, 'POST /commands/run', { user: ADA, channel: STATUS, name: 'info', options: { container: 'private-thing' } });
	await control(sandbox, `POST /channels/${STATUS}/messages`, { user: JOERG, content: 'after it' });
	await shown(page, 'after it');
	assert.equal(await page.getByText('private-thing').count(), 0);
	await control(sandbox, `DELETE /messages/${message.id}`);
	await page.locator(`#message-${message.id}`).waitFor({ state: 'detached' });
	await page.locator('#composer-text').fill('typed by Maxi');
	await page.keyboard.press('Enter');
	await shown(page, 'typed by Maxi');
	await page.getByRole('button', { name: 'Choose who you are' }).click();
	await page.getByRole('option', { name: /Jörg/ }).click();
	await page.locator('.user-name', { hasText: 'Jörg' }).waitFor();
	await page.locator('#composer-text').pressSequentially('/ss');
	await page.getByText('Zeigt die Server dieses Kanals').waitFor();
	assert.deepEqual(page.problems, []);
});

test('at the width of a phone nothing is cut off', { skip: !CHROMIUM && 'no chromium here' }, async (t) => {
	const sandbox = await startSandbox(t);
	const client = await startBot(t, sandbox);
	const channel = client.channels.cache.get(STATUS);
	await channel.send(panel());
	await channel.send(V2_PANEL);
	const page = await openPage(t, sandbox, ADA, { width: 390, height: 844 });
	await shown(page, 'Admin overview');
	await page.shot('10-phone-v2');
	const wide = await page.evaluate(() => [...document.querySelectorAll('main, main *')].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1).map((e) => e.className || e.tagName));
	assert.deepEqual(wide, []);
	await page.locator('#scroller').evaluate((e) => {
		e.scrollTop = 0;
	});
	await page.shot('11-phone-embed');
	await page.getByRole('button', { name: 'Show channels' }).click();
	await page.shot('12-phone-menu');
	await page.getByRole('button', { name: /game-servers/ }).click();
	await page.getByRole('heading', { name: 'game-servers', exact: true }).waitFor();
	const desktop = await openPage(t, sandbox, MAXI);
	await shown(desktop, 'Admin overview');
	await desktop.shot('13-desktop-v2');
	assert.deepEqual([...page.problems, ...desktop.problems], []);
});
