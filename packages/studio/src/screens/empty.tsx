import type { ComponentChildren } from "preact";

/** What a screen shows that has nothing to show yet: why, and what to do first. */
export function Empty(props: { readonly children: ComponentChildren; readonly href: string; readonly action: string }) {
  const { children, href, action } = props;
  return (
    <div class="nothing">
      <p>{children}</p>
      <a class="button main" href={href}>
        {action}
      </a>
    </div>
  );
}
