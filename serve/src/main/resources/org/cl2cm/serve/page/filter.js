// A filter is a text; controls and chips show its parts and write it. What a person writes by hand stays as it is.

const TOKEN = /\s+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[()]|[^\s()"']+/gy;
const COMPARISON = /^("(?:[^"\\]|\\.)*"|[^\s"'()=!<>~,]+)\s*(=|<=|>=|~)\s*("(?:[^"\\]|\\.)*"|[^\s"'()=!<>~,]+)$/u;
const PLAIN = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*$|^-[\p{N}.]+$/u;
const RESERVED = /^(and|or|not|in|exists)$/i;

/** What "=" and the like are called where several comparisons of a field have a control each. */
export const SIGNS = { keyword: ["="], number: [">=", "<="], date: [">=", "<="], text: ["~"] };

function plain(text) {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/gs, "$1") : text;
}

function quoted(text) {
  return PLAIN.test(text) && !RESERVED.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

export function comparison(field, sign, value) {
  return `${quoted(field)}${sign}${quoted(value)}`;
}

/**
 * The parts of a filter that are joined by AND, each { text } and, where it is one plain comparison, { field, sign, value }.
 * A filter that is something else, such as one with OR, or that is not finished, is one part.
 */
export function parts(filter) {
  if (!filter.trim()) return [];
  const whole = [{ text: filter.trim() }];
  const found = [];
  let part = "";
  let depth = 0;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < filter.length) {
    const match = TOKEN.exec(filter);
    if (!match) return whole;
    const token = match[0];
    if (token === "(") depth++;
    if (token === ")" && --depth < 0) return whole;
    if (depth === 0 && /^or$/i.test(token)) return whole;
    if (depth === 0 && /^and$/i.test(token)) {
      found.push(part.trim());
      part = "";
    } else {
      part += token;
    }
  }
  found.push(part.trim());
  if (depth !== 0 || found.some((text) => !text)) return whole;
  return found.map((text) => {
    const match = COMPARISON.exec(text);
    return match ? { text, field: plain(match[1]), sign: match[2], value: plain(match[3]) } : { text };
  });
}

/** The filter of these parts; one with OR inside is put into brackets when it is not alone. */
export function joined(list) {
  const alone = list.length === 1;
  return list.map((part) => (!alone && parts(part.text).length === 1 && /\bor\b/i.test(part.text) && !part.field && !bracketed(part.text)
    ? `(${part.text})` : part.text)).join(" AND ");
}

function bracketed(text) {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++;
    if (text[i] === ")" && --depth === 0) return i === text.length - 1;
    if (depth === 0) return false;
  }
  return false;
}

/** `list` with the value of one comparison: replaced, added, or taken out where the value is empty. */
export function changed(list, field, sign, value) {
  const at = list.findIndex((part) => part.field === field && part.sign === sign);
  const rest = list.filter((_, i) => i !== at);
  if (!value) return rest;
  const made = { text: comparison(field, sign, value), field, sign, value };
  return at < 0 ? [...list, made] : list.map((part, i) => (i === at ? made : part));
}
