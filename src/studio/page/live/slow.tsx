export function SlowView() {
  return <p>soon</p>;
}
