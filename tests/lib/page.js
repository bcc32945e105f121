// The chat page in a headless browser: what a person does there, and pictures of it (DDC_SCREENSHOTS=FOLDER, make screenshots).

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { shrink } from './png.js';
import { patience } from './wait.js';

export const DEVICES = [['desktop', { width: 1000, height: 760 }], ['phone', { width: 390, height: 844, scale: 1.5 }]];
export const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const SHOTS = process.env.DDC_SCREENSHOTS;
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none'];

export async function openPage(stage, { width, height, scale = 1 }) {
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
	await page.waitForSelector('body[data-ready]', { timeout: patience(30_000) });
	return page;
}

// On a phone channels and people are behind a button.
export async function openMenu(page) {
	const menu = page.getByRole('button', { name: 'Show channels' });
	if (await menu.isVisible())
		await menu.click();
}

export async function become(page, name) {
	await openMenu(page);
	await page.getByRole('button', { name: 'Choose who you are' }).click();
	await page.getByRole('option', { name }).click();
	await page.locator('.user-name', { hasText: name }).waitFor({ state: 'attached' }); // on a phone the menu closes over it
	await page.keyboard.press('Escape');
}

export async function keep(page, name) {
	if (!SHOTS)
		return;
	mkdirSync(SHOTS, { recursive: true });
	await page.waitForTimeout(300); // pictures without half a transition
	writeFileSync(join(SHOTS, `${name}.png`), shrink(await page.screenshot()));
}

/** Nothing is wider than the window: nobody has to push the page about on a phone. */
export async function assertFits(page) {
	const wide = await page.evaluate(() => [...document.querySelectorAll('main, main *')].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1).map((e) => e.className || e.tagName));
	assert.deepEqual(wide, []);
}

export async function openChannel(page, name) {
	await openMenu(page);
	await page.getByRole('button', { name }).click();
}

/** The newest private message that this person sees. */
export const newest = (page) => page.locator('#messages .message.ephemeral').last();

export async function type(page, text) {
	await page.locator('#composer-text').pressSequentially(text);
	await page.keyboard.press('Enter');
}
