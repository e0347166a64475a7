// Makes the sample image: what a small web service on Debian 12 might look like, as an OCI archive. The same bytes on
// every machine.
import { writeFileSync } from 'node:fs';
import { layoutFiles, makeImage, makeLayer, membersOf } from '../test/kit/images.ts';
import { type TarMember, writeTar } from '../test/kit/tar.ts';

export function writeSampleImage(path: string): void {
  const image = makeImage([makeLayer(base()), makeLayer(service())], {
    run: { User: 'app', Cmd: ['python3', '-m', 'service'] },
  });
  writeFileSync(path, writeTar(membersOf(layoutFiles([{ content: image, tag: 'sample' }]))));
}

/** Debian packages with their files; some are behind their fixes, as in an image that was not rebuilt. */
function base(): TarMember[] {
  const packages = [
    deb('base-files', '12.4+deb12u12', 'base-files'),
    deb('libsystemd0', '252.22-1~deb12u1', 'systemd'),
    deb('libudev1', '252.22-1~deb12u1', 'systemd'),
    deb('liblzma5', '5.4.1-0.2', 'xz-utils'),
    deb('tar', '1.34+dfsg-1.2', 'tar'),
    deb('passwd', '1:4.13+dfsg1-1+b1', 'shadow (1:4.13+dfsg1-1)'),
    deb('python3-urllib3', '1.26.12-1+deb12u1', 'python-urllib3'),
  ];
  const urllib3 = 'usr/lib/python3/dist-packages/urllib3-1.26.12.egg-info/PKG-INFO';
  return [
    file(
      'etc/os-release',
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n',
    ),
    file('var/lib/dpkg/status', packages.join('\n')),
    file('var/lib/dpkg/info/python3-urllib3.list', `/.\n/usr\n/usr/lib/python3/dist-packages\n/${urllib3}\n`),
    file(urllib3, 'Metadata-Version: 2.1\nName: urllib3\nVersion: 1.26.12\n\n'),
  ];
}

/** What pip brought. */
function service(): TarMember[] {
  const site = 'usr/local/lib/python3.11/site-packages';
  return [
    file(
      `${site}/requests-2.30.0.dist-info/METADATA`,
      'Metadata-Version: 2.1\nName: requests\nVersion: 2.30.0\n\n',
    ),
    file(`${site}/flask-3.0.0.dist-info/METADATA`, 'Metadata-Version: 2.1\nName: Flask\nVersion: 3.0.0\n\n'),
    file('srv/service/__main__.py', 'print("ahoy")\n'),
  ];
}

function deb(name: string, version: string, source: string): string {
  return [
    `Package: ${name}`,
    'Status: install ok installed',
    'Architecture: amd64',
    `Source: ${source}`,
    `Version: ${version}`,
    '',
  ].join('\n');
}

function file(path: string, text: string): TarMember {
  return { path, content: Buffer.from(text) };
}
