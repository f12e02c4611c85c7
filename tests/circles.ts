/**
 * The circles of a graph, given as the neighbours of each node: groups of nodes that all reach each other, and nodes that
 * reach themselves. Nodes are in alphabetical order, and so are groups. (Tarjan 1972, doi:10.1137/0201010.)
 */
export function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): number => {
    const place = order.size;
    order.set(node, place);
    stack.push(node);
    let low = place;
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (stack.includes(next)) low = Math.min(low, order.get(next) as number); // has
    }
    if (low === place) {
      const group = stack.splice(stack.indexOf(node)).sort();
      if (group.length > 1 || graph.get(node)?.includes(node)) circles.push(group);
    }
    return low;
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return circles.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
}
