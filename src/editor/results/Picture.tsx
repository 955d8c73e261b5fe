import { useEffect, useRef } from 'react';

interface PictureProps {
  readonly label: string;
  readonly className?: string;
  /** Draws on a cleared canvas; sizes are CSS pixels. */
  readonly draw: (context: CanvasRenderingContext2D, width: number, height: number) => void;
}

/** A canvas that is drawn anew with every render, as sharp as the screen. */
export function Picture({ label, className = '', draw }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const { offsetWidth: width, offsetHeight: height } = element;
    const scale = window.devicePixelRatio;
    element.width = Math.round(width * scale);
    element.height = Math.round(height * scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, width, height);
  });
  return <canvas ref={canvas} role="img" aria-label={label} className={className} />;
}
