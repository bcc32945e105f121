// Times as Discord shows them; those that are relative stay right while the page is open.

import { h } from './dom.js';

let locale = 'en-GB';
export const setLocale = (value) => {
	locale = value;
};

const FORMATS = {
	t: { timeStyle: 'short' }, T: { timeStyle: 'medium' }, d: { dateStyle: 'short' }, D: { dateStyle: 'long' },
	f: { dateStyle: 'long', timeStyle: 'short' }, F: { dateStyle: 'full', timeStyle: 'short' },
};
const UNITS = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

function relative(ms) {
	const seconds = Math.round((ms - Date.now()) / 1000);
	const [unit, size] = UNITS.find(([, s]) => Math.abs(seconds) >= s) ?? UNITS.at(-1);
	return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.trunc(seconds / size), unit);
}

function format(ms, style) {
	return style === 'R' ? relative(ms) : new Intl.DateTimeFormat(locale, FORMATS[style] ?? FORMATS.f).format(ms);
}

/** <t:seconds:style> */
export function timestamp(seconds, style = 'f') {
	const ms = seconds * 1000;
	if (Math.abs(ms) > 8.64e15)
		return h('span', {}, 'Invalid Date');
	return h('time.timestamp', { datetime: new Date(ms).toISOString(), title: format(ms, 'F'), 'data-ms': ms, 'data-style': style }, format(ms, style));
}

const sameDay = (a, b) => a.toDateString() === b.toDateString();

/** The time beside a name: today 14:03, yesterday, or the date. */
export function messageTime(ms) {
	const date = new Date(ms), now = new Date();
	const clock = format(ms, 't');
	const text = sameDay(date, now) ? clock : `${format(ms, 'd')} ${clock}`;
	return h('time.message-time', { datetime: date.toISOString(), title: format(ms, 'F') }, text);
}

export const clock = (ms) => format(ms, 't');

setInterval(() => {
	for (const element of document.querySelectorAll('time[data-style="R"]')) {
		const text = relative(Number(element.dataset.ms));
		if (element.textContent !== text)
			element.textContent = text;
	}
}, 1000);
