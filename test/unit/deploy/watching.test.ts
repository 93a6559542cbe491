import { parse } from 'yaml';
import { composeFile, textOf } from '../../support/compose/composeFile';

const { services } = composeFile();

interface Panel {
  readonly title: string;
  readonly datasource: { readonly uid: string };
  readonly targets: readonly { readonly expr: string }[];
}

const dashboard = JSON.parse(textOf('deploy/grafana/dashboards/bulkhead.json')) as {
  readonly uid: string;
  readonly panels: readonly Panel[];
};
const source = parse(textOf('deploy/grafana/provisioning/datasources/prometheus.yml')).datasources[0];

/** Every name by which a service is found, with the ports inside. */
function doors(): string[] {
  return Object.entries(services).flatMap(([name, { networks, ports = [] }]) =>
    [name, ...(networks?.default.aliases ?? [])].flatMap((host) => ports.map((text) => `${host}:${text.split(':')[2]}`)),
  );
}

describe('Prometheus and Grafana', () => {
  test('look where services are', () => {
    const jobs = parse(textOf('deploy/prometheus/prometheus.yml')).scrape_configs as { static_configs: { targets: string[] }[] }[];
    const targets = jobs.flatMap(({ static_configs }) => static_configs.flatMap((each) => each.targets));
    expect(targets).toEqual(['node:8080', 'eventstore:2113']);
    expect(doors()).toEqual(expect.arrayContaining([...targets, new URL(source.url).host]));
  });

  test('the dashboard is provisioned from where it is mounted, and asks the provisioned source', () => {
    const provider = parse(textOf('deploy/grafana/provisioning/dashboards/bulkhead.yml')).providers[0];
    expect(services.grafana?.volumes).toContain(`./deploy/grafana/dashboards:${provider.options.path}:ro`);
    expect(services.grafana?.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH).toBe(`${provider.options.path}/bulkhead.json`);
    expect(new Set(dashboard.panels.map(({ datasource }) => datasource.uid))).toEqual(new Set([source.uid]));
  });

  test('the dashboard shows only metrics that ARCHITECTURE.md names', () => {
    const named = textOf('ARCHITECTURE.md');
    const asked = dashboard.panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => expr.match(/\b(bulkhead|process|nodejs)_[a-z_]+/g) ?? []),
    );
    expect(asked.length).toBeGreaterThan(5);
    const missing = asked
      .map((name) => name.replace(/_bucket$/, ''))
      .filter((name) => !named.includes(`\`${name}\``) && !named.includes(`\`${name}{`));
    expect(missing).toEqual([]);
  });
});
