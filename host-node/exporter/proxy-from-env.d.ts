// The library comes without types.

declare module "proxy-from-env" {
  /** Empty where the way is direct. */
  export function getProxyForUrl(address: string): string;
}
