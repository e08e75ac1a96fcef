import { DeviceError, type DeviceInfo } from "@hekla/tensor";
import { glslLanguage } from "../languages/glsl.js";
import type { Device, KernelText, Launcher, Stored } from "./device.js";
import type { Gpu, GpuKernel, GpuLibrary, GpuTexture } from "./gpu-library.js";
import { KernelCache, running } from "./kernel-cache.js";
import { kernelSettings } from "./kernel-settings.js";
import { sidesOf, TextureTransfer } from "./texture-transfer.js";

class TextureLauncher implements Launcher {
  #isFirst = true;

  constructor(
    readonly kernel: GpuKernel,
    private readonly label: string,
    private readonly made: (texture: GpuTexture) => void,
  ) {}

  run(values: readonly Stored[], number?: number): Stored {
    const given = number === undefined ? values : [...values, number];
    // cast: kernels are pipelined
    const result = running(this.label, () => this.kernel(...given)) as GpuTexture;
    if (this.#isFirst) this.#leaveTexturesToTheirCount();
    this.made(result);
    return result;
  }

  /** The kernel would delete its first texture in the end, even if somebody holds it still. */
  #leaveTexturesToTheirCount(): void {
    this.#isFirst = false;
    const { texture, textureCache } = this.kernel.kernel;
    const at = textureCache?.indexOf(texture!.texture) ?? -1;
    if (at >= 0) textureCache!.splice(at, 1);
  }
}

/** What the browser tells of the GPU. */
function infoOf(gl: WebGL2RenderingContext): DeviceInfo {
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  return { name, software: /swiftshader|llvmpipe|software|basic render/i.test(name) };
}

/** gpu.js on WebGL 2: values are textures with a float in each texel, and stay on the GPU between kernels. */
export function textureDevice(library: GpuLibrary): Device {
  if (!library.GPU.isWebGL2Supported) {
    throw new DeviceError("gpujs: got mode webgl2, expected a browser with WebGL 2 (in Node: webasm or cpu)");
  }
  const gpu: Gpu = new library.GPU({ mode: "webgl2" });
  const live = new Set<GpuTexture>();
  const make = (text: KernelText): TextureLauncher =>
    new TextureLauncher(
      gpu.createKernel(text.source, kernelSettings(text, glslLanguage, "webgl2")),
      text.label,
      (made) => live.add(made),
    );
  const destroy = ({ kernel }: TextureLauncher): void => kernel.kernel.destroy();
  const cache = new KernelCache(make, destroy, ({ shape }) => 4 * shape[0]! * shape[1]!);
  // A first kernel shows what textures of gpu.js look like, and whether the GPU renders to floats.
  const first = make({
    key: "",
    source: "function () { return this.thread.x; }",
    argumentWidths: [],
    argumentFloats: 0,
    shape: [1, 2],
    functions: [],
    argumentNames: [],
    takesNumber: false,
    size: 2,
    label: "a first kernel",
  });
  const example = first.run([]) as GpuTexture; // cast: kernels are pipelined
  const gl = gpu.context!;
  const side = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number; // cast: WebGL's parameters are any
  const units = gl.getParameter(gl.MAX_TEXTURE_IMAGE_UNITS) as number; // cast: as above
  const transfer = new TextureTransfer(gl, example, side);
  const texture = (value: Stored): GpuTexture => value as GpuTexture; // cast: all values here are textures
  const check = (): void => {
    if (gl.isContextLost())
      throw new DeviceError("gpujs: the browser has taken the WebGL context away, expected a live one");
  };
  const release = (value: Stored): void => {
    const { texture: memory } = texture(value);
    texture(value).delete();
    // The kernel that made it may be gone, and with it the way on which gpu.js would delete it.
    if (!memory._refs) gl.deleteTexture(memory);
    live.delete(texture(value));
  };
  return {
    info: infoOf(gl),
    language: glslLanguage,
    // One unit is gpu.js's own, one more is bound to what is written.
    mostArguments: Math.min(units, 16) - 2,
    mostFloats: side * side,
    isRemote: true,
    shapeOf: (floats) => sidesOf(floats, side),
    nothing: example,
    get handles() {
      return live.size - 1; // the example
    },
    get kernels() {
      return cache.size;
    },
    get kernelBytes() {
      return cache.bytes;
    },
    check,
    kernel: (text) => {
      check();
      return cache.acquire(text);
    },
    releaseKernel: (text) => cache.release(text),
    store(floats) {
      check();
      if (floats.length > side * side) {
        throw new DeviceError(
          `gpujs: got a value of ${floats.length} floats, expected at most ${side * side}, the largest texture here`,
        );
      }
      const made = transfer.upload(floats);
      live.add(made);
      return made;
    },
    share(value) {
      const clone = texture(value).clone();
      live.add(clone);
      return clone;
    },
    release,
    read(value, size) {
      check();
      return transfer.read(texture(value), size);
    },
    readSync(value, size) {
      check();
      return transfer.readSync(texture(value), size);
    },
    async dispose() {
      cache.clear();
      for (const value of live) release(value);
      destroy(first);
      transfer.dispose();
      await gpu.destroy();
      gl.getExtension("WEBGL_lose_context")?.loseContext();
    },
  };
}
