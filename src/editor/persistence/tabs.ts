/** Which page of the browser works on which drawing, by locks that end with the page, however it ends. */
export interface Tabs {
  /**
   * Becomes the page that works on the drawing; the result lets go of it. Null where another page does, unless it is to
   * be taken from that page, which then hears of it through its `onLost`.
   */
  claim(id: string, onLost: () => void, options?: { readonly take?: boolean }): Promise<(() => void) | null>;
}

export const browserTabs: Tabs = {
  claim(id, onLost, { take = false } = {}) {
    // Pages without a secure origin have no locks. There the storage notices when another page has written.
    if (!navigator.locks) return Promise.resolve(() => {});
    const options: LockOptions = take ? { steal: true } : { ifAvailable: true };
    return new Promise((resolve, reject) => {
      let isHeld = false;
      navigator.locks
        .request(`wiregrad.drawing.${id}`, options, (lock) => {
          if (!lock) return resolve(null);
          return new Promise<void>((release) => {
            isHeld = true;
            resolve(() => {
              isHeld = false;
              release();
            });
          });
        })
        .catch((error) => {
          if (isHeld) onLost();
          else reject(error);
        });
    });
  },
};
