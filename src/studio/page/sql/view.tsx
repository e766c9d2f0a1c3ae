export function SqlView() {
  return <p>soon</p>;
}
