import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { readProjectionsOptions } from '../../../src/cli/projections';
import { readServeSettings } from '../../../src/config';
import { root } from '../../architecture/modules';
import { composeFile, type Service, started, textOf } from '../../support/compose/composeFile';

const file = composeFile();
const services = Object.entries(file.services);
const nodes = services.filter(([name]) => name.startsWith('bulkhead'));

/** The schema calls itself 2019-09 but names itself by `id`, as draft 4 did; nothing refers to those names. */
function withoutNames(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(withoutNames);
  const kept = Object.entries(schema).filter(([key, value]) => key !== '$schema' && !(key === 'id' && typeof value === 'string'));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutNames(value)]));
}

/** Where a document breaks the schema. */
function schemaErrors(document: unknown): string[] {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile(withoutNames(JSON.parse(textOf('test/support/compose/compose-spec.json'))) as object);
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Host, port inside. */
function portsOf(service: Service): [string, number, number][] {
  return (service.ports ?? []).map((text) => {
    const [address = '', outside, inside] = text.split(':');
    return [address, Number(outside), Number(inside)];
  });
}

describe('docker-compose.yml', () => {
  test('keeps to the schema of the Compose Specification', () => {
    expect(schemaErrors(composeFile())).toEqual([]);
    expect(schemaErrors({ services: { a: { image: 'b', prots: [] } } })).not.toEqual([]);
  });

  test('starts one node alone unless a profile is named', () => {
    const standard = /^COMPOSE_PROFILES=(.*)$/m.exec(textOf('.env'))?.[1]?.split(',') as string[];
    expect(started(file, standard)).toEqual(['bulkhead']);
    expect(started(file, ['store'])).toEqual(['bulkhead-store', 'eventstore']);
    expect(started(file, ['full'])).toEqual(['bulkhead-full', 'eventstore', 'kafka', 'prometheus', 'grafana']);
    // A service without a profile would start under each of them.
    expect(services.filter(([, { profiles }]) => profiles === undefined)).toEqual([]);
  });

  test.each(services)('%s: nobody is root, nothing is open to other machines, and its health is looked at', (_name, service) => {
    expect(service.user).toMatch(/^[1-9]\d*:\d+$/);
    expect(service.privileged ?? false).toBe(false);
    for (const [address] of portsOf(service)) expect(address).toBe('127.0.0.1');
    if (service.restart !== 'no') expect(service.healthcheck?.test.length).toBeGreaterThan(1);
  });

  test.each(services)('%s: an image of a stated version', (_name, { image, build }) => {
    if (build === undefined) expect(image).toMatch(/^[a-z]+\/[a-z]+:v?\d+\.\d+\.\d+(-[a-z]+)?$/);
    else expect(existsSync(join(root, build, 'Dockerfile'))).toBe(true);
  });

  test.each(services)('%s: waits only for services that start with it and can be healthy', (_name, service) => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const awaited = file.services[other];
      for (const profile of service.profiles) expect([other, awaited?.profiles]).toEqual([other, expect.arrayContaining([profile])]);
      expect(condition).toBe('service_healthy');
      expect(awaited?.healthcheck).toBeDefined();
    }
  });

  test('mounts files that are there, and volumes that are declared and used', () => {
    const used = new Set<string>();
    for (const mount of services.flatMap(([, { volumes }]) => volumes ?? [])) {
      const [source = '', , mode] = mount.split(':');
      if (!source.startsWith('.')) used.add(source);
      else expect([source, existsSync(join(root, source)), mode]).toEqual([source, true, 'ro']);
    }
    expect([...used].sort()).toEqual(Object.keys(file.volumes).sort());
  });

  test('no two services that start together want one port', () => {
    for (const profile of new Set(services.flatMap(([, { profiles }]) => profiles))) {
      const taken = started(file, [profile]).flatMap((name) => portsOf(file.services[name] as Service).map(([, outside]) => outside));
      expect([profile, taken]).toEqual([profile, [...new Set(taken)]]);
    }
  });

  test('looks for health where the services listen', () => {
    for (const [name, service] of services) {
      const asked = /(?:localhost|127\.0\.0\.1):(\d+)/.exec(service.healthcheck?.test.join(' ') ?? '')?.[1];
      if (asked === undefined) continue;
      const inside = [...portsOf(service).map(([, , port]) => port), ...(name === 'kafka' ? [9092] : [])];
      expect([name, inside]).toEqual([name, expect.arrayContaining([Number(asked)])]);
    }
  });

  test('the service "projections" says what its verb takes', () => {
    const [verb, ...rest] = file.services.projections?.command ?? [];
    expect(verb).toBe('projections');
    expect(readProjectionsOptions(rest)).toMatchObject({ action: 'install', shard: 0, mayEnableByCategory: true });
  });

  test('nodes give settings that `bulkhead serve` takes', () => {
    expect(nodes.length).toBeGreaterThan(0);
    for (const [name, { command = [] }] of nodes) {
      const [verb, ...settings] = command;
      expect([name, verb]).toEqual([name, 'serve']);
      expect(readServeSettings(settings, {})).toMatchObject({ ignored: [] });
    }
  });

  test('every node is `bulkhead serve`', () => {
    expect(nodes.map(([name, { command }]) => [name, command?.[0]])).toEqual([
      ['bulkhead', 'serve'],
      ['bulkhead-store', 'serve'],
      ['bulkhead-full', 'serve'],
    ]);
  });

  test('addresses in commands name services that start with them, and their ports', () => {
    const inside: Record<string, number> = { eventstore: 2113, kafka: 9092 };
    for (const [name, { command = [], profiles }] of services) {
      for (const [, host = '', port] of command.join(' ').matchAll(/(?:\/\/| )([a-z]+):(\d+)/g)) {
        expect([name, host, Number(port)]).toEqual([name, host, inside[host]]);
        for (const profile of profiles) expect(started(file, [profile])).toContain(host);
      }
    }
  });
});
