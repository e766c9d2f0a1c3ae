export function LiveView() {
  return <p>soon</p>;
}
