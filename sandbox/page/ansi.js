// ```ansi code blocks: the colours that Discord knows.

import { h } from './dom.js';

const COLOURS = { 30: '#4f545c', 31: '#dc322f', 32: '#859900', 33: '#b58900', 34: '#268bd2', 35: '#d33682', 36: '#2aa198', 37: '#ffffff' };
const GROUNDS = { 40: '#002b36', 41: '#cb4b16', 42: '#586e75', 43: '#657b83', 44: '#839496', 45: '#6c71c4', 46: '#93a1a1', 47: '#fdf6e3' };

export function ansi(text) {
	let style = {};
	const out = [];
	for (const [, codes, plain] of text.matchAll(/(?:\u001b\[([\d;]*)m)?([^\u001b]*)/g)) {
		for (const code of (codes ?? '').split(';').filter(Boolean).map(Number)) {
			if (code === 0)
				style = {};
			else if (code === 1)
				style = { ...style, fontWeight: '700' };
			else if (code === 4)
				style = { ...style, textDecoration: 'underline' };
			else if (COLOURS[code])
				style = { ...style, color: COLOURS[code] };
			else if (GROUNDS[code])
				style = { ...style, background: GROUNDS[code] };
		}
		if (plain)
			out.push(Object.keys(style).length ? h('span', { style }, plain) : plain);
	}
	return out;
}
