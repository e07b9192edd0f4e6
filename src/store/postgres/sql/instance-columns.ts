/** All but the state, which stands behind them. */
export const INSTANCE_COLUMNS =
  'i.id, i.machine, i.definition, i.status, i.revision, i.parent, i.created_at, i.updated_at';
