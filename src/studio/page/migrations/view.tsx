export function MigrationsView() {
  return <p>soon</p>;
}
