/** `URL` and `URLSearchParams`. Addresses are parsed by the runtime, as the URL standard says. */

import { host, type UrlParts } from '../host.js';
import { define } from './define.js';

class URL {
  #parts: UrlParts;
  readonly searchParams: URLSearchParams;

  constructor(url: string | URL, base?: string | URL) {
    const parts = host.parseUrl(String(url), base === undefined ? undefined : String(base));
    if (parts === undefined || parts === null) {
      throw new TypeError(`Invalid URL: ${String(url)}`);
    }
    this.#parts = parts;
    this.searchParams = new URLSearchParams(parts.search);
    this.searchParams.onChange = (search) => this.#set('search', search);
  }

  static canParse(url: string | URL, base?: string | URL): boolean {
    return URL.parse(url, base) !== null;
  }

  static parse(url: string | URL, base?: string | URL): URL | null {
    try {
      return new URL(url, base);
    } catch {
      return null;
    }
  }

  #set(part: keyof UrlParts, value: string): void {
    this.#parts = host.changeUrl(this.#parts.href, part, String(value));
  }

  get href(): string {
    return this.#parts.href;
  }
  set href(value: string) {
    this.#parts = new URL(value).#parts;
    this.searchParams.replace(this.#parts.search);
  }
  get origin(): string {
    return this.#parts.origin;
  }
  get protocol(): string {
    return this.#parts.protocol;
  }
  set protocol(value: string) {
    this.#set('protocol', value);
  }
  get username(): string {
    return this.#parts.username;
  }
  set username(value: string) {
    this.#set('username', value);
  }
  get password(): string {
    return this.#parts.password;
  }
  set password(value: string) {
    this.#set('password', value);
  }
  get host(): string {
    return this.#parts.host;
  }
  set host(value: string) {
    this.#set('host', value);
  }
  get hostname(): string {
    return this.#parts.hostname;
  }
  set hostname(value: string) {
    this.#set('hostname', value);
  }
  get port(): string {
    return this.#parts.port;
  }
  set port(value: string) {
    this.#set('port', value);
  }
  get pathname(): string {
    return this.#parts.pathname;
  }
  set pathname(value: string) {
    this.#set('pathname', value);
  }
  get search(): string {
    return this.#parts.search;
  }
  set search(value: string) {
    this.#set('search', value);
    this.searchParams.replace(this.#parts.search);
  }
  get hash(): string {
    return this.#parts.hash;
  }
  set hash(value: string) {
    this.#set('hash', value);
  }

  toString(): string {
    return this.href;
  }

  toJSON(): string {
    return this.href;
  }
}

type Init = string | URLSearchParams | Iterable<readonly [string, string]> | Record<string, string>;

class URLSearchParams {
  #pairs: [string, string][] = [];
  /** Tells the URL that these are of. */
  onChange: ((search: string) => void) | undefined;

  constructor(init: Init = '') {
    if (typeof init === 'string') {
      this.replace(init);
    } else if (Symbol.iterator in init) {
      this.#pairs = [...init].map(([name, value]) => [String(name), String(value)]);
    } else {
      this.#pairs = Object.entries(init).map(([name, value]) => [name, String(value)]);
    }
    Object.defineProperty(this, 'onChange', { enumerable: false, writable: true, value: undefined });
  }

  /** Takes what is after the question mark. */
  replace(search: string): void {
    this.#pairs = host.parseQuery(search.replace(/^\?/, ''));
  }

  #changed(): void {
    this.onChange?.(this.toString());
  }

  get size(): number {
    return this.#pairs.length;
  }

  append(name: string, value: string): void {
    this.#pairs.push([String(name), String(value)]);
    this.#changed();
  }

  delete(name: string, value?: string): void {
    this.#pairs = this.#pairs.filter((pair) => pair[0] !== name || (value !== undefined && pair[1] !== value));
    this.#changed();
  }

  get(name: string): string | null {
    return this.#pairs.find((pair) => pair[0] === name)?.[1] ?? null;
  }

  getAll(name: string): string[] {
    return this.#pairs.filter((pair) => pair[0] === name).map((pair) => pair[1]);
  }

  has(name: string, value?: string): boolean {
    return this.#pairs.some((pair) => pair[0] === name && (value === undefined || pair[1] === value));
  }

  set(name: string, value: string): void {
    const first = this.#pairs.findIndex((pair) => pair[0] === name);
    if (first < 0) {
      this.append(name, value);
      return;
    }
    this.#pairs = this.#pairs.filter((pair, index) => index <= first || pair[0] !== name);
    this.#pairs[first] = [name, String(value)];
    this.#changed();
  }

  sort(): void {
    this.#pairs.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
    this.#changed();
  }

  forEach(callback: (value: string, name: string, params: URLSearchParams) => void): void {
    this.#pairs.forEach(([name, value]) => callback(value, name, this));
  }

  *keys(): IterableIterator<string> {
    yield* this.#pairs.map(([name]) => name);
  }

  *values(): IterableIterator<string> {
    yield* this.#pairs.map(([, value]) => value);
  }

  *entries(): IterableIterator<[string, string]> {
    yield* this.#pairs.map(([name, value]): [string, string] => [name, value]);
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  toString(): string {
    return host.formatQuery(this.#pairs);
  }
}

define({ URL, URLSearchParams });
