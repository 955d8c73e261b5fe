const FILES = import.meta.glob<string>('./pictures/*.webp', { import: 'default', query: '?url', eager: true });

export function hasPicture(name: string): boolean {
  return FILES[`./pictures/${name}-light.webp`] !== undefined;
}

/** An example as the editor shows it after some training; decoration. */
export function ExamplePicture({ name, className = '' }: { readonly name: string; readonly className?: string }) {
  return (
    <>
      {(['light', 'dark'] as const).map((theme) => (
        <img
          key={theme}
          src={FILES[`./pictures/${name}-${theme}.webp`]}
          alt=""
          loading="lazy"
          className={`object-cover ${theme === 'light' ? 'dark-hidden' : 'light-hidden'} ${className}`}
        />
      ))}
    </>
  );
}
