// Discord's Markdown, made into elements (never into HTML text).

import { h } from './dom.js';
import { timestamp } from './time.js';
import { ansi } from './ansi.js';

const SAFE_URL = /^https?:\/\//i;

/** `names`: {user(id), channel(id), role(id)} -> text. `inlineOnly` for titles and field names. */
export function markdown(text, names, { inlineOnly = false } = {}) {
	const context = { names };
	return inlineOnly ? inline(text, context) : blocks(text.trimEnd(), context);
}

// ---- blocks ----

const LINE_RULES = [
	[/^(#{1,3}) +(.+)$/, (m, c) => h(`div.md-h${m[1].length}`, { role: 'heading', 'aria-level': m[1].length + 1 }, inline(m[2], c))],
	[/^-# +(.+)$/, (m, c) => h('div.md-small', {}, inline(m[1], c))],
	[/^( *)[-*] +(.+)$/, (m, c) => h('div.md-item', { style: { marginLeft: `${Math.floor(m[1].length / 2) * 1.2}em` } }, h('span.md-bullet', {}, m[1].length ? '◦' : '•'), h('span', {}, inline(m[2], c)))],
	[/^( *)(\d+)\. +(.+)$/, (m, c) => h('div.md-item', { style: { marginLeft: `${Math.floor(m[1].length / 2) * 1.2}em` } }, h('span.md-bullet', {}, `${m[2]}.`), h('span', {}, inline(m[3], c)))],
	[/^> (.*)$/, (m, c) => h('div.md-quote', {}, inline(m[1], c))],
];

function blocks(text, context) {
	const out = [];
	const fence = /```(?:([a-zA-Z0-9_+-]+)\n)?\n?([\s\S]*?)\n?```/g;
	let at = 0;
	for (const match of text.matchAll(fence)) {
		out.push(...lines(text.slice(at, match.index).replace(/\n$/, ''), context));
		out.push(h('pre.md-code', {}, h('code', {}, match[1] === 'ansi' ? ansi(match[2]) : match[2])));
		at = match.index + match[0].length;
	}
	out.push(...lines(text.slice(at).replace(/^\n/, at ? '' : '\n'), context));
	return out;
}

function lines(text, context) {
	if (!text)
		return [];
	const out = [];
	let plain = [];
	const flush = () => {
		if (plain.length)
			out.push(h('div.md-text', {}, inline(plain.join('\n') + (plain.at(-1) ? '' : '\u200b'), context))); // an empty last line is one too
		plain = [];
	};
	for (const line of text.split('\n')) {
		const rule = LINE_RULES.find(([pattern]) => pattern.test(line));
		if (!rule) {
			plain.push(line);
			continue;
		}
		flush();
		out.push(rule[1](rule[0].exec(line), context));
	}
	flush();
	return out;
}

// ---- inline ----

const link = (url, children) => (SAFE_URL.test(url) ? h('a', { href: url, target: '_blank', rel: 'noreferrer noopener', title: url }, children) : children);

// The first rule that matches earliest wins; order decides between rules at the same place.
const INLINE_RULES = [
	[/\\([\\`*_~|<>#:[\]()\-.!@])/, (m) => [m[1]]],
	[/``([^`]|[^`][\s\S]*?[^`])``(?!`)/, (m) => h('code.md-inline', {}, m[1])],
	[/`([^`]+)`/, (m) => h('code.md-inline', {}, m[1])],
	[/<t:(-?\d{1,14})(?::([tTdDfFR]))?>/, (m) => timestamp(Number(m[1]), m[2])],
	[/<@!?(\d+)>/, (m, c) => h('span.mention', {}, `@${c.names.user(m[1])}`)],
	[/<@&(\d+)>/, (m, c) => h('span.mention', {}, `@${c.names.role(m[1])}`)],
	[/<#(\d+)>/, (m, c) => h('span.mention', {}, `#${c.names.channel(m[1])}`)],
	[/<\/([^:>]+):\d+>/, (m) => h('span.mention', {}, `/${m[1]}`)],
	[/<a?:(\w+):\d+>/, (m) => h('span.custom-emoji', {}, `:${m[1]}:`)],
	[/@(everyone|here)\b/, (m) => h('span.mention', {}, m[0])],
	[/\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?(?: "[^"]*")?\)/, (m, c) => link(m[2], inline(m[1], c))],
	[/<(https?:\/\/[^\s>]+)>/, (m) => link(m[1], m[1])],
	[/https?:\/\/[^\s<>()]+[^\s<>().,:;"']/, (m) => link(m[0], m[0])],
	[/\*\*\*([\s\S]+?)\*\*\*/, (m, c) => h('strong', {}, h('em', {}, inline(m[1], c)))],
	[/\*\*([\s\S]+?)\*\*(?!\*)/, (m, c) => h('strong', {}, inline(m[1], c))],
	[/__([\s\S]+?)__/, (m, c) => h('u', {}, inline(m[1], c))],
	[/~~([\s\S]+?)~~/, (m, c) => h('s', {}, inline(m[1], c))],
	[/\|\|([\s\S]+?)\|\|/, (m, c) => h('button.spoiler', { type: 'button', 'aria-label': 'Spoiler', onclick: (e) => e.currentTarget.classList.add('shown') }, inline(m[1], c))],
	[/\*(?=\S)([^*]*?\S)\*(?!\*)/, (m, c) => h('em', {}, inline(m[1], c))],
	[/(?<![\w])_(?=\S)([^_]*?\S)_(?![\w])/, (m, c) => h('em', {}, inline(m[1], c))],
];

function inline(text, context) {
	const out = [];
	let rest = text;
	while (rest) {
		let best = null;
		for (const [pattern, make] of INLINE_RULES) {
			const match = pattern.exec(rest);
			if (match && (!best || match.index < best.match.index))
				best = { match, make };
		}
		if (!best)
			break;
		out.push(rest.slice(0, best.match.index), best.make(best.match, context));
		rest = rest.slice(best.match.index + best.match[0].length);
	}
	out.push(rest);
	return out.flat().filter((part) => part !== '');
}
