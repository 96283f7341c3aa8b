// Keeps a tablet's screen on while a session is shown, where the browser allows it.
let lock = null;
let wanted = false;

export function keepAwake(on) {
  wanted = on;
  if (on) void hold();
  else if (lock !== null) {
    void lock.release();
    lock = null;
  }
}

async function hold() {
  if (lock !== null || !("wakeLock" in navigator) || document.visibilityState !== "visible") return;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => (lock = null));
  } catch (error) {
    if (error.name !== "NotAllowedError") throw error; // refused, for instance on a low battery: the screen may dim
  }
}

document.addEventListener("visibilitychange", () => {
  if (wanted) void hold();
});
