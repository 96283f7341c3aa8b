// Joins the page to NiceGUI: messages come in from its socket, pressed buttons and receipts go out.
import { startPage } from "slowhand-live";

export default {
  template: "<div></div>",
  mounted() {
    this.receive = startPage(this.$el, {
      press: (button) => this.$emit("press", button),
      received: (number) => this.$emit("received", number),
    });
    // NiceGUI opens the socket when the whole page is mounted, which is after this element
    this.$nextTick(() => window.socket.on("slowhand", this.receive));
  },
  unmounted() {
    window.socket.off("slowhand", this.receive);
  },
};
