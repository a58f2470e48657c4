// What becomes of a request, in one word and the backend's own.

export type Outcome =
  | { readonly kind: "accepted"; readonly rejectedSpans: number; readonly message: string }
  /**
   * Sending the same again would not help. `stop`: nor would anything else sent there, until somebody has changed
   * something. `status` is 0 where no answer came.
   */
  | { readonly kind: "refused"; readonly status: number; readonly message: string; readonly stop: boolean }
  /**
   * Worth another try, at the earliest after `retryAfterMs` where the backend named a time. `unheard`: it went out, and
   * nobody knows whether it was taken.
   */
  | {
      readonly kind: "later";
      readonly status?: number;
      readonly message: string;
      readonly retryAfterMs?: number;
      readonly unheard?: boolean;
    };
