using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using FaceEdge.Gallery;
using FaceEdge.Imaging;
using FaceEdge.Tests.Imaging;
using FaceEdge.Vision;

namespace FaceEdge.Tests;

/// <summary>
/// What is computed in whole numbers, or in floats one by one, is the same on x64, on an arm64 without and on one with dot product
/// instructions, bit for bit: a database made on one machine means the same on another. The hashes were made on x64;
/// <c>make test-arm64</c> runs this as a Cortex-A72 and as a Cortex-A76. Sums whose order is the library's are not among them.
/// </summary>
public class SameOnEveryProcessorTests
{
    /// <summary>Against a plain loop; every byte and every level occurs, and the extremes at every length.</summary>
    [Fact]
    public unsafe void DotProductsOfCodesAreThoseOfAPlainLoop()
    {
        var random = new Random(1);
        for (int vectors = 1; vectors <= 20; vectors++)
        {
            byte[] rows = new byte[4 * 16 * vectors];
            sbyte[] probe = new sbyte[32 * vectors];
            for (int round = 0; round < 20; round++)
            {
                Fill(random, round, rows, probe);
                Vector128<int> found;
                fixed (byte* r = rows)
                fixed (sbyte* p = probe)
                {
                    found = DotProduct.OfFour(r, p, vectors);
                }

                for (int row = 0; row < 4; row++)
                {
                    Assert.Equal(Plain(rows.AsSpan(row * 16 * vectors, 16 * vectors), probe), found[row]);
                }
            }
        }
    }

    /// <summary>Rows of whole numbers whose squares add up to less than 2^24, so that no order of adding them up rounds.</summary>
    [Fact]
    public void CodesOfRows()
    {
        var random = new Random(2);
        var all = new List<byte>();
        for (int i = 0; i < 500; i++)
        {
            float[] row = new float[i % 2 == 0 ? 512 : 129];
            for (int j = 0; j < row.Length; j++)
            {
                row[j] = random.Next(-90, 91);
            }

            byte[] code = new byte[16 * NibbleCode.Vectors(NibbleCode.CodedLength(row.Length))];
            float scale = NibbleCode.Encode(row, code, out float norm, out _);
            all.AddRange(code);
            all.AddRange(MemoryMarshal.AsBytes<float>([scale, norm]));
            sbyte[] levels = new sbyte[32 * NibbleCode.Vectors(NibbleCode.CodedLength(row.Length))];
            float probeScale = NibbleCode.EncodeProbe(row, levels, out float probeNorm, out _);
            all.AddRange(MemoryMarshal.AsBytes<sbyte>(levels));
            all.AddRange(MemoryMarshal.AsBytes<float>([probeScale, probeNorm]));
        }

        AssertHash("cd58993b8390ff49d09ca78a11319b0d", [.. all]);
    }

    [Fact]
    public void PicturesScaledToAnySize()
    {
        var all = new List<byte>();
        (int, int, int, int)[] sizes = [(640, 480, 112, 112), (37, 23, 6, 7), (30, 20, 290, 190), (301, 199, 300, 200)];
        foreach ((int width, int height, int toWidth, int toHeight) in sizes)
        {
            byte[] result = new byte[3 * toWidth * toHeight];
            Resampler.Resize(ResamplerTests.Source(7, width, height), width, height, result, toWidth, toHeight);
            all.AddRange(result);
        }

        AssertHash("24d6122ccbc153fac86963504c866ef1", [.. all]);
    }

    [Fact]
    public void WhatTheDetectorIsShown()
    {
        var all = new List<byte>();
        var resampler = new RowResampler();
        (int, int, int, int)[] sizes = [(1920, 1080, 320, 180), (641, 479, 320, 239), (40, 30, 320, 240), (9, 7, 3, 2)];
        foreach ((int width, int height, int toWidth, int toHeight) in sizes)
        {
            var view = new RgbView(ResamplerTests.Source(8, width, height), width, height);
            resampler.Begin(view, -1.5, 0.25, width, height, toWidth, toHeight);
            var row = new Vector128<float>[toWidth];
            for (int y = 0; y < toHeight; y++)
            {
                resampler.Row(view, y, row);
                foreach (Vector128<float> pixel in row)
                {
                    all.AddRange(MemoryMarshal.AsBytes<float>([pixel[0], pixel[1], pixel[2]]));
                }
            }
        }

        AssertHash("61022a2d751eab10015000bb6bc2f92b", [.. all]);
    }

    private static void Fill(Random random, int round, byte[] rows, sbyte[] probe)
    {
        random.NextBytes(rows);
        random.NextBytes(MemoryMarshal.AsBytes(probe.AsSpan()));
        if (round < 2)
        {
            // The largest sums of either sign: where 16 bits would overflow if too many were added up in them.
            Array.Fill(rows, (byte)255);
            Array.Fill(probe, round == 0 ? (sbyte)127 : (sbyte)-127);
        }

        foreach (ref sbyte level in probe.AsSpan())
        {
            level = Math.Max(level, (sbyte)-127);
        }
    }

    /// <summary>A vector of 16 bytes holds 16 levels in the low halves, the next 16 in the high halves.</summary>
    private static int Plain(ReadOnlySpan<byte> row, sbyte[] probe)
    {
        int sum = 0;
        for (int i = 0; i < row.Length; i++)
        {
            int at = (i / 16 * 32) + (i % 16);
            sum += ((row[i] & 15) * probe[at]) + ((row[i] >> 4) * probe[at + 16]);
        }

        return sum;
    }

    /// <summary>The first half of the hash.</summary>
    private static void AssertHash(string expected, byte[] bytes) =>
        Assert.Equal(expected, Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16)));
}
