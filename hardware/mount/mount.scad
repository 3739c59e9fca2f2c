// The mount for two GP2Y0A21YK0F and an SG90, and its pointer. Millimetres.
//
// x to the right, y ahead (towards the hand), z up; the servo's axis is x = y = 0, midway between
// the sensors, because bearings are counted from there. Sizes come from parameters.scad, which is
// generated; build with `make hardware`, or by hand:
//
//     openscad -D 'part="mount"' -o mount.stl hardware/mount/mount.scad
include <parameters.scad>

part = "mount"; // mount, pointer: to print; for the others see the end of this file

$fn = 48;
tiny = 0.01; // cuts go a little beyond the face, so that no zero-thick skin remains

base_thickness = 4;
base_front = 18;
base_back = 30;
base_overhang = 21; // from a sensor's axis to the base's end

plate_thickness = 3.2;
plate_width = 36;
sensor_height = 30; // of the sensor's middle above the table
plate_height = sensor_height + 26;
slot_travel = 3; // each way: the ears' holes need not be in the middle of the body
window_width = sensor_body[1] + 2 * slot_travel + 0.8;
gusset_height = 22; // the connector's plug goes in sideways, above it

tab_seat = 48; // the servo's tabs lie this high: the pointer passes over the plates
pillar_width = 14;
pillar_depth = 8.5;

assert(baseline >= plate_width + pillar_width + 4,
       str("baseline ", baseline, " mm leaves no room for the servo between the sensors; at least ",
           plate_width + pillar_width + 4));
assert(abs(toe_in) <= 15, str("toe_in ", toe_in, " degrees: the plates stand up to 15 apart"));

// side: -1 left, 1 right. A toe-in turns both faces towards the middle.
module at_sensor(side) translate([side * baseline / 2, 0, 0]) rotate([0, 0, side * toe_in]) children();

module slot(diameter, travel, length)
  rotate([90, 0, 0]) hull() for (x = [-travel, travel])
    translate([x, 0, -length / 2]) cylinder(d = diameter, h = length);

// The sensor comes from behind: its ears lie against the plate's back, its lenses look through.
module sensor_plate() difference() {
  union() {
    translate([-plate_width / 2, -plate_thickness, 0])
      cube([plate_width, plate_thickness, plate_height]);
    for (x = [-plate_width / 2, plate_width / 2 - 3.2]) gusset(x);
  }
  translate([-window_width / 2, -plate_thickness - tiny, sensor_height - window_height / 2])
    cube([window_width, plate_thickness + 2 * tiny, window_height]);
  for (z = [-1, 1])
    translate([0, -plate_thickness / 2, sensor_height + z * sensor_hole_distance / 2])
      slot(sensor_hole + 0.2, slot_travel, plate_thickness + 2 * tiny);
  // A mark over the beam's axis: the lenses belong under it.
  translate([0, -plate_thickness / 2, plate_height]) rotate([90, 45, 0])
    cube([2.4, 2.4, plate_thickness + 2 * tiny], center = true);
}

module gusset(x) translate([x, -plate_thickness, 0]) rotate([90, 0, 90]) linear_extrude(3.2)
  polygon([[tiny, 0], [-20, 0], [-20, base_thickness], [tiny, gusset_height]]);

module base() difference() {
  hull() for (x = [-1, 1], y = [base_front - 5, 5 - base_back])
    translate([x * (baseline / 2 + base_overhang - 5), y, 0]) cylinder(r = 5, h = base_thickness);
  for (x = [-1, 1], at = [[base_overhang - 6, base_front - 6], [0, 8 - base_back]])
    translate([x * (baseline / 2 + at[0]), at[1], -tiny])
      cylinder(d = 4.2, h = base_thickness + 2 * tiny);
  translate([0, base_front, base_thickness / 2]) rotate([0, 0, 45])
    cube([4, 4, base_thickness + 2 * tiny], center = true); // straight ahead
}

// The body hangs between two pillars, its shaft over the origin, its longer end to the back.
module servo_seat() translate([0, -servo_shaft_offset, 0]) for (end = [-1, 1]) {
  inner = servo_body[0] / 2 + 0.3;
  difference() {
    hull() {
      translate([-pillar_width / 2, end * (inner + pillar_depth / 2) - pillar_depth / 2, 0])
        cube([pillar_width, pillar_depth, tab_seat]);
      translate([-pillar_width / 2 - 6, end * (inner + pillar_depth / 2) - pillar_depth / 2, 0])
        cube([pillar_width + 12, pillar_depth, base_thickness + 2]);
    }
    translate([0, end * servo_hole_distance / 2, tab_seat - 9])
      cylinder(d = servo_screw_pilot, h = 9 + tiny);
    // The cable leaves the body's end, 4 mm above its bottom.
    translate([-3.5, end * (inner + 1) - 2.5, base_thickness + 8])
      cube([7, 5, tab_seat - 10 - base_thickness - 8]);
  }
}

module mount() {
  base();
  for (side = [-1, 1]) at_sensor(side) sensor_plate();
  servo_seat();
}

// Lies on the servo's horn, whose hub goes through the hole; glue it, or wire it through the horn.
module pointer() difference() {
  linear_extrude(2.4) union() {
    circle(d = 16);
    translate([-4, -16]) square([8, 60]);
    polygon([[-9, 44], [9, 44], [0, 66]]);
  }
  translate([0, 0, -tiny]) cylinder(d = servo_horn_hub + 0.3, h = 3);
  for (y = [-12.5, 10.5, 14.5]) translate([0, y, -tiny]) cylinder(d = 1.5, h = 3); // horn's holes
}

// What they carry, simplified, for pictures: how far a body reaches ahead of its ears is a guess.
ear_thickness = 1.5;
ahead_of_ears = 6.3;
module behind_plate() translate([0, ahead_of_ears - sensor_body[2] / 2 - plate_thickness, 0]) children();

module sensor() behind_plate() translate([0, 0, sensor_height]) {
  w = sensor_body[1]; h = sensor_body[0]; d = sensor_body[2];
  difference() {
    union() {
      translate([-w / 2, -d / 2, -h / 2]) cube([w, d - 1.5, h]);
      translate([-w / 2 + 2, d / 2 - 1.5 - tiny, -h / 2]) cube([w - 4, 1.5, 7.5]);
      translate([-w / 2 + 2, d / 2 - 1.5 - tiny, h / 2 - 16.3]) cube([w - 4, 1.5, 16.3]);
      translate([0, d / 2 - ahead_of_ears, 0]) rotate([90, 0, 0]) linear_extrude(ear_thickness)
        hull() for (z = [-1, 1])
          translate([0, z * sensor_hole_distance / 2]) circle(r = sensor_ear_radius);
      translate([w / 2 - tiny, -d / 2, -5.05]) cube([sensor_height_with_connector - w, 4.5, 10.1]);
    }
    for (z = [-1, 1]) translate([0, 0, z * sensor_hole_distance / 2])
      slot(sensor_hole, 0, 20);
  }
}

module lenses() behind_plate() translate([0, sensor_body[2] / 2, sensor_height]) {
  z = -sensor_body[0] / 2 + 4.5;
  for (at = [z, z + sensor_lens_distance]) translate([0, -0.6, at]) rotate([-90, 0, 0])
    cylinder(d = 6.3, h = 1);
}

module servo() translate([0, -servo_shaft_offset, tab_seat - servo_tab_height]) {
  l = servo_body[0]; w = servo_body[1]; h = servo_body[2];
  translate([-w / 2, -l / 2, 0]) cube([w, l, h]);
  difference() {
    translate([-w / 2, -servo_tabs / 2, servo_tab_height]) cube([w, servo_tabs, 2.5]);
    for (end = [-1, 1]) translate([0, end * servo_hole_distance / 2, servo_tab_height - tiny])
      cylinder(d = 2, h = 3);
  }
  translate([0, servo_shaft_offset, h - tiny]) cylinder(d = w - 0.2, h = 4.2);
  translate([0, servo_shaft_offset - 6, h - tiny]) cylinder(d = 5, h = 4.2);
}

horn_height = tab_seat - servo_tab_height + servo_body[2] + 4.2;
horn_thickness = 1.4;

module horn() translate([0, 0, horn_height]) {
  cylinder(d = servo_horn_hub, h = 4.4);
  hull() for (y = [-14.5, 14.5]) translate([0, y, 0]) cylinder(d = 4, h = horn_thickness);
}

module screws() for (side = [-1, 1], z = [-1, 1]) at_sensor(side)
  translate([0, 0, sensor_height + z * sensor_hole_distance / 2]) rotate([-90, 0, 0]) {
    cylinder(d = 5.6, h = 2.2);
    translate([0, 0, -10]) cylinder(d = 2.9, h = 10 + tiny);
    translate([0, 0, -plate_thickness - ear_thickness - 2.4]) cylinder(d = 6.2, h = 2.4, $fn = 6);
  }

module sensors() for (side = [-1, 1]) at_sensor(side) sensor();

if (part == "mount") mount();
if (part == "pointer") pointer();
if (part == "sensors") sensors();
if (part == "lenses") for (side = [-1, 1]) at_sensor(side) lenses();
if (part == "servo") servo();
if (part == "horn") horn();
if (part == "pointing") translate([0, 0, horn_height + horn_thickness]) pointer();
if (part == "screws") screws();
// What would have to be in one place twice: nothing but faces that touch.
if (part == "clash") intersection() {
  mount();
  union() { sensors(); servo(); horn(); }
}
