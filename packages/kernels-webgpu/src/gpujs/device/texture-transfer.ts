import { DeviceError } from "@hekla/tensor";
import type { GpuTexture } from "./gpu-library.js";

/**
 * Width and height of a texture for so many floats: the width a power of two, so that places are found by
 * shifts. At least two rows, as gpu.js lays out what has one axis otherwise.
 * @param most the largest width and height
 */
export function sidesOf(floats: number, most: number): [width: number, height: number] {
  let width = 2 ** Math.floor(Math.log2(Math.sqrt(floats)));
  while (floats > width * most && 2 * width <= most) width *= 2;
  return [width, Math.max(2, Math.ceil(floats / width))];
}

/**
 * So often it is asked at once whether the GPU is done, then every millisecond or so: asking takes time that
 * it could use.
 */
const quickTries = 20;

/** Waits until the GPU is done with what was given to it, without blocking. */
async function whenDone(gl: WebGL2RenderingContext): Promise<void> {
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  const { port1, port2 } = new MessageChannel();
  try {
    for (let tries = 0; fence !== null && !gl.isContextLost(); tries++) {
      const status = gl.clientWaitSync(fence, 0, 0);
      if (status === gl.WAIT_FAILED) throw new DeviceError("gpujs: waiting for the GPU failed");
      if (status !== gl.TIMEOUT_EXPIRED) return;
      await new Promise((resolve) => {
        if (tries >= quickTries) setTimeout(resolve, 1);
        else {
          // Messages are not held back as timers are.
          port1.onmessage = resolve;
          port2.postMessage(0);
        }
      });
    }
  } finally {
    gl.deleteSync(fence);
    port1.close();
  }
  throw new DeviceError("gpujs: the WebGL context was lost while values were read");
}

/** Brings floats into textures of gpu.js and out of them, with all their bits, by no kernel. */
export class TextureTransfer {
  readonly #framebuffer: WebGLFramebuffer;
  readonly #make: new (
    settings: object,
  ) => GpuTexture;

  /** @param example a texture that a kernel gave back, to make others like it */
  constructor(
    private readonly gl: WebGL2RenderingContext,
    example: GpuTexture,
    private readonly side: number,
  ) {
    this.#framebuffer = gl.createFramebuffer();
    // cast: every texture of a kind has the same class
    this.#make = example.constructor as new (settings: object) => GpuTexture;
  }

  upload(floats: Float32Array): GpuTexture {
    const { gl } = this;
    const [width, height] = sidesOf(floats.length, this.side);
    const padded = new Float32Array(width * height);
    padded.set(floats);
    const texture = gl.createTexture();
    // The last unit is the one that gpu.js uses for such things.
    gl.activeTexture(gl.TEXTURE15);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
      gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    }
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
      gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    }
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, width, height, 0, gl.RED, gl.FLOAT, padded);
    return new this.#make({
      texture,
      size: Int32Array.of(width, height),
      dimensions: [width, height, 1],
      output: [width, height],
      context: gl,
      internalFormat: gl.R32F,
      textureFormat: gl.RED,
      kernel: { deleteTexture: (memory: WebGLTexture) => gl.deleteTexture(memory) },
    });
  }

  /** The first `size` floats of a texture, when the GPU is done with it. */
  async read(texture: GpuTexture, size: number): Promise<Float32Array> {
    const { gl } = this;
    const { channels, format, floats } = this.#select(texture);
    const buffer = gl.createBuffer();
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
    gl.bufferData(gl.PIXEL_PACK_BUFFER, floats.byteLength, gl.STREAM_READ);
    gl.readPixels(0, 0, texture.size[0]!, texture.size[1]!, format, gl.FLOAT, 0);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    this.#detach();
    try {
      await whenDone(gl);
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
      gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, floats);
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    } finally {
      gl.deleteBuffer(buffer);
    }
    return firstChannel(floats, channels, size);
  }

  /** As `read`, while everything waits. */
  readSync(texture: GpuTexture, size: number): Float32Array {
    const { gl } = this;
    const { channels, format, floats } = this.#select(texture);
    gl.readPixels(0, 0, texture.size[0]!, texture.size[1]!, format, gl.FLOAT, floats);
    this.#detach();
    return firstChannel(floats, channels, size);
  }

  dispose(): void {
    this.gl.deleteFramebuffer(this.#framebuffer);
  }

  /** What is attached stays in memory, deleted or not. */
  #detach(): void {
    const { gl } = this;
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, null, 0);
  }

  /** Makes a texture the one that is read, and says in which form. */
  #select({ texture, size }: GpuTexture) {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    // All GPUs read four channels; most read the one that there is.
    const single =
      gl.getParameter(gl.IMPLEMENTATION_COLOR_READ_FORMAT) === gl.RED &&
      gl.getParameter(gl.IMPLEMENTATION_COLOR_READ_TYPE) === gl.FLOAT;
    const channels = single ? 1 : 4;
    const floats = new Float32Array(size[0]! * size[1]! * channels);
    return { channels, format: single ? gl.RED : gl.RGBA, floats };
  }
}

const firstChannel = (floats: Float32Array, channels: number, size: number): Float32Array =>
  channels === 1
    ? floats.slice(0, size)
    : Float32Array.from({ length: size }, (_, at) => floats[at * channels]!);
