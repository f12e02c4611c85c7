import { change, components, costs, secondsOf, trial } from "../../app/suite.js";
import { amount, bytes, duration } from "../../app/words.js";
import type { ComponentView } from "../../engine/requests/suite.js";
import { networkOf, type SuiteDraft } from "../../project/suggest-suite.js";

/** Every network as a card: whether it takes part, how wide it is, and what it costs here. */
export function NetworkCards({ suite }: { readonly suite: SuiteDraft }) {
  const networks = components.value?.network ?? [];
  return (
    <ul class="networks">
      {networks.map((network) => (
        <li key={network.id}>
          <NetworkCard network={network} suite={suite} />
        </li>
      ))}
    </ul>
  );
}

function NetworkCard({ network, suite }: { readonly network: ComponentView; readonly suite: SuiteDraft }) {
  const place = suite.networks.findIndex(({ id }) => id === network.id);
  const chosen = suite.networks[place];
  const width = Number(chosen?.options.baseFilters ?? network.defaults.baseFilters);
  const toggle = (isOn: boolean) => {
    const others = suite.networks.filter(({ id }) => id !== network.id);
    const usual = Number(suite.networks[0]?.options.baseFilters ?? 8);
    change({
      ...suite,
      networks: isOn ? [...suite.networks, networkOf(network, usual, suite.training.patch)] : others,
    });
  };
  const widen = (baseFilters: number) => {
    if (!(baseFilters >= 1)) return;
    change({
      ...suite,
      networks: suite.networks.map((each) =>
        each === chosen ? { ...each, options: { ...each.options, baseFilters } } : each,
      ),
    });
  };
  return (
    <div class={`network ${chosen ? "chosen" : ""}`}>
      <label class="check">
        <input
          type="checkbox"
          checked={chosen !== undefined}
          onChange={({ currentTarget }) => toggle(currentTarget.checked)}
        />
        <span>
          <b>{network.id}</b>
          <span class="muted small block">{network.summary}</span>
        </span>
      </label>
      {chosen && (
        <>
          {"baseFilters" in network.defaults && (
            <label class="width">
              Width
              <input
                type="number"
                min="1"
                max="256"
                step="1"
                value={width}
                aria-label={`Filters in the first layer of ${network.id}`}
                onChange={({ currentTarget }) => widen(currentTarget.valueAsNumber)}
              />
            </label>
          )}
          <Costs place={place} name={network.id} />
        </>
      )}
    </div>
  );
}

/** What a chosen network costs: counted at once, timed by the trial. */
function Costs({ place, name }: { readonly place: number; readonly name: string }) {
  const cost = costs.value[place];
  const seconds = secondsOf(name);
  const failure = trial.value?.failures[name];
  return (
    <dl class="costs">
      {cost && "problem" in cost && <p class="problem small">{cost.problem}</p>}
      {failure !== undefined && <p class="problem small">{failure}</p>}
      <div>
        <dt>Parameters</dt>
        <dd>{cost && "parameters" in cost ? amount(cost.parameters) : "…"}</dd>
      </div>
      <div>
        <dt>Work per patch</dt>
        <dd>{cost && "flops" in cost ? `${(cost.flops / 1e9).toPrecision(2)} GFLOP` : "…"}</dd>
      </div>
      <div>
        <dt>Memory per patch</dt>
        <dd>{cost && "memory" in cost ? bytes(cost.memory) : "…"}</dd>
      </div>
      <div>
        <dt>Time in all</dt>
        <dd>{seconds !== undefined ? duration(seconds) : "not tried"}</dd>
      </div>
    </dl>
  );
}
