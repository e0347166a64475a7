import { describe, expect, it } from 'vitest';
import { formatReference, parseReference } from './reference.ts';

const HEX = 'a'.repeat(64);

describe('parseReference', () => {
  it.each([
    ['alpine', 'docker.io/library/alpine:latest'],
    ['alpine:3.20', 'docker.io/library/alpine:3.20'],
    ['org/app', 'docker.io/org/app:latest'],
    ['docker.io/alpine', 'docker.io/library/alpine:latest'],
    ['index.docker.io/library/alpine', 'docker.io/library/alpine:latest'],
    ['ghcr.io/org/app', 'ghcr.io/org/app:latest'],
    ['localhost/app', 'localhost/app:latest'],
    ['localhost:5000/app:1', 'localhost:5000/app:1'],
    ['host:5000/app', 'host:5000/app:latest'],
    ['127.0.0.1:5000/a/b/c:v1.0', '127.0.0.1:5000/a/b/c:v1.0'],
    ['[::1]:5000/app', '[::1]:5000/app:latest'],
    ['Host/app', 'Host/app:latest'],
    [`alpine@sha256:${HEX}`, `docker.io/library/alpine@sha256:${HEX}`],
    [`ghcr.io/a/b:1@sha256:${HEX}`, `ghcr.io/a/b:1@sha256:${HEX}`],
    ['a/b__c/d.e-f', 'docker.io/a/b__c/d.e-f:latest'],
  ])('%s is %s', (text, full) => {
    const ref = parseReference(text);
    expect('invalid' in ref ? ref.invalid : formatReference(ref)).toBe(full);
  });

  it.each([
    ['', /not a part/],
    ['Alpine', /lower case/],
    ['a/B/c', /lower case/],
    ['alpine:', /not a tag/],
    ['alpine:-x', /not a tag/],
    ['alpine@sha256:123', /not a digest/],
    ['alpine@md5:abc', /not a digest/],
    ['a//b', /not a part/],
    ['-host.example/a', /not a registry host/],
    ['exa mple.com/a', /not a/],
    [`a/${'b'.repeat(300)}`, /longer than 255/],
    ['x'.repeat(5000), /longer than 4096/],
  ])('%s is none', (text, reason) => {
    expect(parseReference(text)).toMatchObject({ invalid: expect.stringMatching(reason) });
  });
});
